import type {ScoreName} from 'tfjs-losses/recognition';
import {z} from 'zod';
import {readLines} from '../cifar10/jsonLines.js';
import {contenders, type Setting} from './contenders.js';
import {type ProblemName, problemNames, problems} from './problems.js';

const share = z.number().min(0).max(1);
const quality = z.object({auroc: share, oscr: share});
export const scoreNames = [
  'logit',
  'probability',
  'energy',
  'cosine',
  'prototype',
  'knn',
] as const satisfies readonly ScoreName[];

/** A line of the results file. */
export const resultSchema = z.looseObject({
  problem: z.enum(problemNames),
  stage: z.enum(['search', 'test']),
  /** From 1. */
  split: z.int().min(1),
  seed: z.int().min(0),
  contender: z.enum(Object.keys(contenders)),
  setting: z.object({
    weightDecay: z.number(),
    lambda: z.number().exactOptional(),
    scale: z.number().exactOptional(),
  }),
  /** Of the head, on known classes. */
  accuracy: share,
  /** Of known against unknown classes. */
  scores: z.record(z.enum(scoreNames), quality),
  /** Unknown classes among themselves; of the problems that enrol. */
  unknown: z.object({eer: share, tar: share, oneShot: share, fiveShot: share}).exactOptional(),
});
export type TrialResult = z.infer<typeof resultSchema>;
export type Trial = Pick<TrialResult, 'problem' | 'stage' | 'split' | 'seed' | 'contender' | 'setting'>;
export type Outcome = Pick<TrialResult, 'accuracy' | 'scores' | 'unknown'>;

/** The lines of the results file; none if it does not exist. */
export async function readResults(path: string | URL): Promise<TrialResult[]> {
  return (await readLines(path, resultSchema)) ?? [];
}

/** What tells one trial from another. */
export function trialKey({problem, stage, split, seed, contender, setting}: Trial): string {
  return JSON.stringify([problem, stage, split, seed, contender, setting]);
}

/** Every setting of every contender on a split. */
export function searchTrials(problem: ProblemName, split: number): Trial[] {
  return Object.entries(contenders).flatMap(([contender, {settings}]) =>
    settings.map((setting): Trial => ({problem, stage: 'search', split, seed: 1, contender, setting})),
  );
}

/** Softmax without weight decay, and every contender in the setting that the search found best. */
export function testTrials(
  problem: ProblemName,
  split: number,
  seed: number,
  results: readonly TrialResult[],
): Trial[] {
  const choices = entrants.map(({contender, settings}) => ({
    contender,
    setting: choose(results, {problem, split, contender, settings}).setting,
  }));
  const trials = choices.map((choice): Trial => ({problem, stage: 'test', split, seed, ...choice}));
  return [...new Map(trials.map((trial) => [trialKey(trial), trial])).values()];
}

/** A row of the report: a contender, and the settings that it may choose from. */
export interface Entrant {
  readonly title: string;
  readonly contender: string;
  readonly settings: readonly Setting[];
}

export const REFERENCE = 'softmax, tuned';

export const entrants: readonly Entrant[] = [
  {title: 'softmax, no weight decay', contender: 'softmax', settings: [{weightDecay: 0}]},
  ...Object.entries(contenders).map(([contender, {settings}]) => ({
    title: contender === 'softmax' ? REFERENCE : contender,
    contender,
    settings,
  })),
];

export interface Choice {
  readonly setting: Setting;
  readonly score: ScoreName;
}

/** Setting and score with the largest AUROC in the search on a split. */
export function choose(
  results: readonly TrialResult[],
  where: Pick<Entrant, 'contender' | 'settings'> & {readonly problem: ProblemName; readonly split: number},
): Choice {
  const {problem, split, contender} = where;
  const allowed = where.settings.map((setting) =>
    trialKey({problem, stage: 'search', split, seed: 1, contender, setting}),
  );
  const found = results.filter((result) => allowed.includes(trialKey(result)));
  if (found.length < allowed.length) {
    throw new Error(
      `the search of ${contender} on split ${split} of ${problems[problem].title} is not complete; ` +
        'run the experiment first: npm run open-set -- run',
    );
  }
  return found
    .flatMap(({setting, scores}) => scoreNames.map((score) => ({setting, score, auroc: scores[score].auroc})))
    .reduce((best, each) => (each.auroc > best.auroc ? each : best));
}
