import {lookUp, parseExpression, readCall, readNumber} from './expression.js';

/** The share of the base learning rate after `progress` epochs, a fraction in the midst of one. */
export type LearningRateSchedule = (progress: number) => number;

interface ScheduleKind {
  readonly options: readonly string[];
  create(options: ScheduleOptions, epochs: number): LearningRateSchedule;
}

/** Lengths are in epochs. */
interface ScheduleOptions {
  readonly warmup: number;
  readonly every: number;
  readonly factor: number;
}

const defaults: ScheduleOptions = {warmup: 0, every: 5, factor: 0.1};

const ranges: Readonly<Record<keyof ScheduleOptions, {has(value: number): boolean; expected: string}>> = {
  warmup: {has: (value) => value >= 0, expected: 'a number of epochs >= 0'},
  every: {has: (value) => value > 0, expected: 'a number of epochs > 0'},
  factor: {has: (value) => value > 0 && value <= 1, expected: 'a number > 0 and <= 1'},
};

const kinds: Readonly<Record<string, ScheduleKind>> = {
  constant: {options: [], create: () => () => 1},
  cosine: {
    options: ['warmup'],
    create: ({warmup}, epochs) => {
      const rising = Math.min(warmup, epochs);
      return (progress) => {
        if (progress < rising) return progress / rising;
        const share = (progress - rising) / Math.max(epochs - rising, Number.EPSILON);
        return (1 + Math.cos(Math.PI * Math.min(share, 1))) / 2;
      };
    },
  },
  step: {
    options: ['every', 'factor'],
    create:
      ({every, factor}) =>
      (progress) =>
        factor ** Math.floor(progress / every),
  },
};

/**
 * Reads `constant`, `cosine`, `cosine(warmup=1)` or `step(every=5, factor=0.1)`; lengths are in epochs.
 *
 * @throws ExpressionError that points at the place.
 */
export function parseSchedule(text: string, epochs: number): LearningRateSchedule {
  const expression = parseExpression('schedule', text);
  const {root, fail} = expression;
  const call = readCall(expression, root) ?? fail(root, `expected one of ${Object.keys(kinds).join(', ')}`);
  const kind = lookUp(expression, call, kinds, 'schedule');
  const given = call.options.map(({name, value}) => {
    const {has, expected} = ranges[name as keyof ScheduleOptions];
    const number = readNumber(value);
    return [name, number !== undefined && has(number) ? number : fail(value, `${name} must be ${expected}`)];
  });
  return kind.create({...defaults, ...Object.fromEntries(given)}, epochs);
}
