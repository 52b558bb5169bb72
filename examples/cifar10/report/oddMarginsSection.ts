import {oddMarginLosses, phiFormulas} from '../experiments/oddMargins.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {family, marginFamilies} from './families.js';
import {distinct, fixed, list, markdownTable, notRunYet, numbers, range, section} from './markdown.js';
import {
  dip,
  fallAlone,
  isComplete,
  type OddMarginOutcome,
  oddMarginOutcomes,
  ownByMargin,
  paperByMargin,
} from './oddMargins.js';
import {ofStudy} from './runs.js';

/** A fall of m = 3 as deep as the paper's: of so many points below both of its neighbours. */
const DEEP = 10;

/** Why the paper's rows of m = 3 fall behind, as far as trials can tell. */
export function oddMarginsSection(results: readonly TrialRecord[]): string {
  const outcomes = oddMarginOutcomes(results);
  return section(
    '## Why m = 3 falls behind in the paper',
    'Dip: how many points the test accuracy of m = 3 lies below the mean of those of m = 2 and m = 4. In the tables, ' +
      'the paper’s and ours:',
    tablesDips(results),
    ...(outcomes.length === 0
      ? [notRunYet('reproduce --only odd-margins')]
      : hypothesesParts(results, outcomes)),
  );
}

function tablesDips(results: readonly TrialRecord[]): string {
  const cells = (values: ReadonlyArray<number | null>) => [
    ...values.map(cell),
    isComplete(values) ? fixed(dip(values)) : '–',
  ];
  return markdownTable(
    [
      {title: 'loss'},
      ...numbers('paper: m = 2', 'm = 3', 'm = 4', 'dip', 'ours: m = 2', 'm = 3', 'm = 4', 'dip'),
    ],
    marginFamilies.map(({id, title}) => [
      title,
      ...cells(paperByMargin(id)),
      ...cells(ownByMargin(results, id)),
    ]),
  );
}

function cell(value: number | null): string {
  return value === null ? '–' : fixed(value);
}

function hypothesesParts(results: readonly TrialRecord[], outcomes: readonly OddMarginOutcome[]): string[] {
  const trials = ofStudy(results, 'odd margins');
  const seeds = distinct(trials.map(({config}) => config.seed)).length;
  const epochs = range(trials.map(({config}) => config.epochs));
  return [
    'The paper’s text allows other readings of the margin than ψ(θ) = (−1)^k cos(mθ) − 2k: its figure 5 prints cos(mθ), ' +
      'a sign or the −2k is soon forgotten, and λ may not have been annealed. Each reading, φ in the place of ψ, was ' +
      `trained with the paper’s network, ${epochs} epochs, ${seeds === 1 ? 'one seed' : `${seeds} seeds`}. Test accuracy ` +
      'in %; *distance* is that of the three figures from the paper’s, the root of the mean square in points; in bold, the nearest of each loss.',
    findings(outcomes),
    markdownTable(
      [
        {title: 'φ(θ)'},
        {title: 'λ'},
        {title: 'loss'},
        ...numbers('m = 2', 'm = 3', 'm = 4', 'dip', 'distance'),
      ],
      outcomes.map((outcome) => {
        const cells = [
          ...name(outcome),
          ...outcome.accuracies.map(cell),
          cell(outcome.dip),
          cell(outcome.distance),
        ];
        return nearest(outcomes).includes(outcome) ? cells.map((text) => `**${text}**`) : cells;
      }),
    ),
  ];
}

/** For each loss the reading with the least distance; `outcomes` begin with the least. */
function nearest(outcomes: readonly OddMarginOutcome[]): OddMarginOutcome[] {
  return oddMarginLosses.flatMap(
    (loss) => outcomes.find((outcome) => outcome.loss === loss && outcome.distance !== null) ?? [],
  );
}

function name({
  hypothesis: {phi, lambda},
  loss,
}: OddMarginOutcome): [phi: string, lambda: string, loss: string] {
  return [phiFormulas[phi], lambda, family(loss).title];
}

/** Which readings make m = 3 fall alone, what ψ does, and which come nearest to the paper. */
function findings(outcomes: readonly OddMarginOutcome[]): string {
  const falls = outcomes
    .flatMap((outcome) =>
      isComplete(outcome.accuracies) ? [{outcome, fall: fallAlone(outcome.accuracies)}] : [],
    )
    .sort((one, other) => other.fall - one.fall);
  if (falls.length === 0) return 'No reading has results for all three m yet.';
  const deep = falls.filter(({fall}) => fall >= DEEP);
  const ofPsi = falls.filter(({outcome}) => outcome.hypothesis.phi === 'psi');
  return [
    deep.length === 0
      ? `No reading makes m = 3 fall ${DEEP} points below both of its neighbours; the deepest fall is ${fallText(falls[0]!)}.`
      : `m = 3 falls at least ${DEEP} points below both of its neighbours in ${deep.length} of ${falls.length} readings: ${list(deep.map(fallText))}.`,
    ...(ofPsi.length === 0 ? [] : [psiText(ofPsi)]),
    `Nearest to the paper: ${list(nearest(outcomes).map(nearestText))}.`,
    ...nearestOfThree(outcomes),
  ].join(' ');
}

/** Which reading has the paper's figure for m = 3, whatever becomes of m = 2 and m = 4 under it. */
function nearestOfThree(outcomes: readonly OddMarginOutcome[]): string[] {
  return oddMarginLosses.flatMap((id) => {
    const [, theirs] = paperByMargin(id);
    const complete = outcomes
      .filter(({loss}) => loss === id)
      .flatMap((outcome) => (isComplete(outcome.accuracies) ? [{outcome, ours: outcome.accuracies}] : []))
      .sort((one, other) => Math.abs(one.ours[1] - theirs) - Math.abs(other.ours[1] - theirs));
    return complete.slice(0, 1).map(({outcome, ours: [two, three, four]}) => {
      const neighbours = `m = 2 reaches ${fixed(two)} % and m = 4 ${fixed(four)} %`;
      return `Of m = 3 by itself, ${inWords(outcome)} is nearest, ${fixed(three)} % where the paper has ${fixed(theirs)} %; there ${neighbours}.`;
    });
  });
}

/** How deep m = 3 falls alone. */
interface Fall {
  readonly outcome: OddMarginOutcome;
  readonly fall: number;
}

function psiText([deepest]: readonly Fall[]): string {
  return deepest!.fall > 0
    ? `With ψ itself the deepest fall is ${fallText(deepest!)}.`
    : 'With ψ itself m = 3 never falls below both.';
}

function fallText({outcome, fall}: Fall): string {
  return `${fixed(fall)} points for ${inWords(outcome)}`;
}

function nearestText(outcome: OddMarginOutcome): string {
  return `${inWords(outcome)}, at a distance of ${fixed(outcome.distance!)} points`;
}

function inWords(outcome: OddMarginOutcome): string {
  const [phi, lambda, loss] = name(outcome);
  return `${loss} with φ = ${phi} (“${lambda}”)`;
}
