import {expect, test} from 'vitest';
import {parseSchedule} from '../learningRate.js';

test.each([
  ['constant', [1, 1, 1, 1]],
  ['cosine', [1, 0.8535533905932737, 0.5, 0]],
  ['cosine(warmup=2)', [0, 1, 0.75, 0]],
  ['cosine(warmup=99)', [0, 0.25, 0.5, 1]],
  ['step', [1, 1, 1, 0.1]],
  ['step(every=2, factor=0.5)', [1, 0.5, 0.25, 0.0625]],
])('%s over 8 epochs, after 0, 2, 4 and 8 of them', (text, expected) => {
  const schedule = parseSchedule(text, 8);
  const found = [0, 2, 4, 8].map(schedule);
  found.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 12);
  });
});

test.each([
  ['cosin', '^^^^^', /unknown schedule "cosin"; did you mean "cosine"\? Known: constant, cosine, step/],
  [
    'step(evry=2)',
    '     ^^^^',
    /step has no option "evry"; did you mean "every"\? Its options: every, factor/,
  ],
  ['constant(x=1)', '         ^', /constant has no option "x"\. It has none/],
  ['step(every=0)', '           ^', /every must be a number of epochs > 0/],
  ['step(factor=2)', '            ^', /factor must be a number > 0 and <= 1/],
  ['cosine(warmup=-1)', '              ^^', /warmup must be a number of epochs >= 0/],
  ['cosine(warmup=x)', '              ^', /warmup must be a number of epochs >= 0/],
  ['0.5*cosine', '^^^^^^^^^^', /expected one of constant, cosine, step/],
])('%s is pointed at', (text, carets, message) => {
  expect(() => parseSchedule(text, 8)).toThrow(message);
  expect(() => parseSchedule(text, 8)).toThrow(`\n  ${text}\n  ${carets}`);
});
