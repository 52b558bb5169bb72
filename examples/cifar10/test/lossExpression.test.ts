import {
  annealedLambda,
  arcface,
  asoftmax,
  combined,
  combinedMargin,
  cosface,
  focal,
  generalizedCrossEntropy,
  hinge,
  type Loss,
  ldam,
  logitAdjusted,
  lsoftmax,
  magface,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from 'tfjs-losses';
import {describe, expect, test} from 'vitest';
import {parseLoss, standardLosses} from '../lossExpression.js';

const readable: [text: string, loss: Loss][] = [
  ['softmax', softmax()],
  ['softmax()', softmax()],
  ['  hinge ( margin = 2.5 )  ', hinge({margin: 2.5})],
  ['hinge(margin=1e-3)', hinge({margin: 0.001})],
  ['softmax(labelSmoothing=1/10)', softmax({labelSmoothing: 0.1})],
  ['lsoftmax(m=3, lambda=5)', lsoftmax({m: 3, lambda: 5})],
  [
    'asoftmax(m=2, lambda=anneal(base=500, gamma=0.1, power=2, min=1))',
    asoftmax({m: 2, lambda: annealedLambda({base: 500, gamma: 0.1, power: 2, min: 1})}),
  ],
  ['lsoftmax(lambda=anneal(base=5, min=1))', lsoftmax({lambda: annealedLambda({base: 5, min: 1})})],
  ['lsoftmax(lambda=anneal)', lsoftmax({lambda: annealedLambda()})],
  [
    '0.25*hinge + 0.65*lsoftmax(m=4) + 0.34*asoftmax(m=4)',
    combined([
      [0.25, hinge()],
      [0.65, lsoftmax({m: 4})],
      [0.34, asoftmax({m: 4})],
    ]),
  ],
  [
    '0.5*arcface(margin=0.3) + 1*softmax',
    combined([
      [0.5, arcface({margin: 0.3})],
      [1, softmax()],
    ]),
  ],
  ['cosface(margin=-0.1, scale=16)', cosface({margin: -0.1, scale: 16})],
  ['normalizedSoftmax', normalizedSoftmax()],
  ['combinedMargin(m1=1.2, m2=0.3, m3=0.1)', combinedMargin({m1: 1.2, m2: 0.3, m3: 0.1})],
  ['magface(minNorm=2, maxNorm=20)', magface({minNorm: 2, maxNorm: 20})],
  ['hinge(form=max, squared=true)', hinge({form: 'max', squared: true})],
  ['arcface(scale=auto)', arcface({scale: 'auto'})],
  ['logitAdjusted(counts=[900, 9*10, 10], tau=0.5)', logitAdjusted({counts: [900, 90, 10], tau: 0.5})],
  ['ldam(counts=[2, 1])', ldam({counts: [2, 1]})],
  ['lsoftmax(lambda=anneal(min=1, steps=100))', lsoftmax({lambda: annealedLambda({min: 1, steps: 100})})],
  ['focal(gamma=1.5)', focal({gamma: 1.5})],
  ['focal(base=arcface)', focal({base: arcface()})],
  [
    'poly(epsilon=2, base=lsoftmax(m=2, lambda=anneal(min=1)))',
    poly({epsilon: 2, base: lsoftmax({m: 2, lambda: annealedLambda({min: 1})})}),
  ],
  ['generalizedCrossEntropy(q=0.5)', generalizedCrossEntropy({q: 0.5})],
  [
    '0.1*softmax + reverseCrossEntropy(floor=1e-4)',
    combined([
      [0.1, softmax()],
      [1, reverseCrossEntropy()],
    ]),
  ],
  ['normalizedCrossEntropy', normalizedCrossEntropy()],
  [
    'hinge + softmax*0.5',
    combined([
      [1, hinge()],
      [0.5, softmax()],
    ]),
  ],
  ['hinge/4', combined([[0.25, hinge()]])],
  ['2*(3*hinge)', combined([[6, hinge()]])],
  ['1*hinge', hinge()],
  [
    '0.5*(0.3*hinge + 0.7*softmax)',
    combined([
      [
        0.5,
        combined([
          [0.3, hinge()],
          [0.7, softmax()],
        ]),
      ],
    ]),
  ],
  [
    '0.2*hinge + (0.3*softmax + 0.5*lsoftmax)',
    combined([
      [0.2, hinge()],
      [0.3, softmax()],
      [0.5, lsoftmax()],
    ]),
  ],
];

test.each(readable)('reads %s', (text, loss) => {
  expect(parseLoss(text).getConfig()).toEqual(loss.getConfig());
});

const unreadable: [text: string, carets: string, message: RegExp][] = [
  ['', '^', /it is empty/],
  ['hinge + ', '        ^', /column 9: it ends too early/],
  ['hinge softmax', '      ^', /"s" is not expected here/],
  ['0.5*hinge)', '         ^', /"\)" is not expected here/],
  ['lsoftmax(m=4', '            ^', /ends too early/],
  ['lsoftmax(m:4)', '          ^', /":" is not expected here/],
  [
    '0.5*hing',
    '    ^^^^',
    /unknown loss "hing"; did you mean "hinge"\? Known: hinge, softmax, lsoftmax, asoftmax/,
  ],
  ['constructor', '^^^^^^^^^^^', /unknown loss "constructor"\. Known/],
  ['softmax + dice', '          ^^^^', /unknown loss "dice"\. Known/],
  ['focal(base=arcfac)', '           ^^^^^^', /unknown loss "arcfac"; did you mean "arcface"/],
  ['focal(base=hinge)', '           ^^^^^', /base must be the cross-entropy of one class/],
  [
    'focal(base=softmax + arcface)',
    '           ^^^^^^^^^^^^^^^^^',
    /base must be the cross-entropy of one class/,
  ],
  ['focal(base=2)', '           ^', /a number alone is no loss/],
  ['arcface(base=softmax)', '        ^^^^', /arcface has no option "base"/],
  ['lsoftmax(n=4)', '         ^', /lsoftmax has no option "n"; did you mean "m"\? Its options: m, lambda/],
  ['lsoftmax(m=2.5)', '           ^^^', /m must be an integer >= 1 and <= 100, got 2.5/],
  ['hinge + lsoftmax(m=4, lambda=-1)', '                             ^^', /lambda must be .* >= 0, got -1/],
  [
    'lsoftmax(lambda=aneal(base=1))',
    '                ^^^^^',
    /unknown schedule "aneal"; did you mean "anneal"/,
  ],
  ['lsoftmax(lambda=anneal(base=-3))', '                            ^^', /base must be .* >= 0, got -3/],
  ['lsoftmax(lambda=anneal(base=5))', '                            ^', /min 50 \(the default\) and base 5/],
  ['lsoftmax(lambda=anneal(base=5, min=9))', '                ^^^^^^', /got min 9 and base 5/],
  ['lsoftmax(lambda=anneal(bass=3))', '                       ^^^^', /no option "bass"; did you mean "base"/],
  ['lsoftmax(m=anneal())', '           ^^^^^^^^', /m must be an integer/],
  ['lsoftmax(m="4")', '           ^^^', /expected a number or anneal/],
  ['ldam', '^^^^', /counts must be a list/],
  ['ldam(counts=[2, hinge])', '                ^^^^^', /a list is of numbers/],
  ['ldam(counts=[2,,1])', '            ^^^^^^', /a list is of numbers/],
  ['hinge(form=min)', '           ^^^', /unknown schedule "min"/],
  ['lsoftmax(4)', '         ^', /options are written name=value/],
  ['lsoftmax(m=4, m=3)', '              ^', /"m" is given twice/],
  ['0.5', '^^^', /a number alone is no loss/],
  ['hinge + 0.5', '        ^^^', /a number alone is no loss/],
  ['hinge*softmax', '^^^^^^^^^^^^^', /one side of "\*" must be a number/],
  ['hinge - softmax', '^^^^^^^^^^^^^^^', /"-" has no meaning here/],
  ['1/hinge', '  ^^^^^', /divided by a number only/],
  ['-0.5*hinge', '^^^^', /a weight must be a finite number >= 0, got -0.5/],
  ['hinge/0', '      ^', /a weight must be a finite number >= 0, got Infinity/],
  ['-hinge', '^^^^^^', /expected a loss/],
  ['[hinge]', '^^^^^^^', /expected a loss/],
];

describe('what is wrong is pointed at', () => {
  test.each(unreadable)('%j', (text, carets, message) => {
    expect(() => parseLoss(text)).toThrow(message);
    expect(() => parseLoss(text)).toThrow(`\n  ${text}\n  ${carets}`);
    expect(() => parseLoss(text)).not.toThrow(`${carets}^`);
  });

  test('an expression of two lines', () => {
    expect(() => parseLoss('hinge +\nsoftmax')).toThrow(/must be one line/);
  });

  test('all weights 0', () => {
    expect(() => parseLoss('0*hinge + 0*softmax')).toThrow(/at least one weight must be above 0/);
  });
});

test('a vocabulary of one’s own', () => {
  const losses = {...standardLosses, twice: {options: ['m'], create: () => combined([[2, hinge()]])}};
  expect(String(parseLoss('twice(m=1) + softmax', losses))).toBe('1·(2·hinge(Δ=1)) + 1·softmax');
  expect(() => parseLoss('twice(m=1)')).toThrow(/unknown loss "twice"/);
});
