import type {TrialRecord} from '../experiments/trialRecord.js';
import {type ClaimTest, LEVEL, type TestedClaim, testClaims} from './claims.js';
import {fixed, markdownTable, section, signed} from './markdown.js';

/** The paper's claims as a table: what each says, what was measured, and whether it holds. */
export function claimsSection(results: readonly TrialRecord[]): string {
  const claims = testClaims(results);
  return section(
    '## The claims',
    markdownTable(
      [{title: 'the paper’s claim'}, {title: 'measured'}, {title: 'verdict'}, {title: 'statistic'}],
      claims.map(({says, measured, verdict, tests}) => [
        says,
        measured === '' ? '–' : measured,
        `**${verdict}**`,
        tests.map(statistic).join('<br>'),
      ]),
    ),
    `${method(claims)} A family, the singles and the combinations are represented by the row with the highest ` +
      'mean *validation* accuracy; what is compared is *test* accuracy, a value a seed, by Welch’s t-test, two-sided. ' +
      'The slope over m is that of a straight line through the test accuracies of all seeds. For the weights it is the ' +
      'slope through the cells of the grid, whose scatter around the line stands for the noise, as the grid has one ' +
      'seed; its second stage varies SVM’s weight on top of the best pair. Time is seconds an epoch, a median a seed, of ' +
      'the combination with m = 4 against the slowest row outside its kind.',
    'A claim holds if each of its tests is significant in its favour, and does not hold if any is significant against ' +
      'it. Otherwise the data do not tell: that is no proof of equality.',
  );
}

function method(claims: readonly TestedClaim[]): string {
  const made = claims.flatMap(({tests}) => tests.filter(({outcome}) => typeof outcome !== 'string')).length;
  return `Significant means p < ${LEVEL} after Holm’s correction over all ${made} tests of this table that could be made; each p is the corrected one.`;
}

function statistic({what, unit, outcome}: ClaimTest): string {
  if (typeof outcome === 'string') return `${what}: ${outcome}`;
  const {estimate, t, degrees, p} = outcome;
  return `${what}: ${signed(estimate, 2)} ${unit}, t(${fixed(degrees, Number.isInteger(degrees) ? 0 : 1)}) = ${fixed(t, 2)}, p ${pText(p)}`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}
