import {floorAtFpr, mostCount} from '../metrics/rates.js';
import {checkOptions, describe} from './checks.js';

/** Refuse a share of known examples. */
export interface FalseReject {
  /** The share of known examples to refuse, at least 0 and less than 1. */
  readonly falseReject: number;
  /** Not with `falseReject`. */
  readonly falseAccept?: never;
}

/** Let in a share of strangers. */
export interface FalseAccept {
  /** The share of strangers to accept, at least 0 and less than 1. */
  readonly falseAccept: number;
  /** Not with `falseAccept`. */
  readonly falseReject?: never;
}

/** What a threshold has to achieve: one of the two. */
export type CalibrationTarget = FalseReject | FalseAccept;

/** Rejects anything but a target. */
export function checkTarget(target: CalibrationTarget): void {
  checkOptions('calibrate', target, ['falseReject', 'falseAccept']);
  const given = Object.entries(target).filter(([, share]) => share !== undefined);
  if (given.length !== 1) {
    throw new TypeError(
      `calibrate: give either {falseReject} or {falseAccept}, one of them, got ${given.length === 0 ? 'none' : 'both'}`,
    );
  }
  const [name, share] = given[0]!;
  if (!(typeof share === 'number' && share >= 0 && share < 1)) {
    throw new RangeError(
      `calibrate: ${name} must be a share, at least 0 and less than 1, got ${describe(share)}`,
    );
  }
}

/** The threshold that meets a target; scores are in ascending order, and those that the target speaks of not empty. */
export function thresholdFor(
  {falseReject, falseAccept}: CalibrationTarget,
  known: Float64Array,
  unknown: Float64Array,
): number {
  if (falseReject !== undefined) return known[mostCount(falseReject, known.length)]!;
  const floor = floorAtFpr(unknown, falseAccept)!; // not null: the share is less than 1
  const next = Math.min(firstAbove(floor, known), firstAbove(floor, unknown));
  // In the middle of the gap, where neither side is near.
  const middle = next === Number.POSITIVE_INFINITY ? justAbove(floor) : floor + (next - floor) / 2;
  return middle > floor ? middle : next;
}

function firstAbove(floor: number, ascending: Float64Array): number {
  return ascending.find((score) => score > floor) ?? Number.POSITIVE_INFINITY;
}

function justAbove(value: number): number {
  return value + Math.max(Math.abs(value), 1) * 1e-6;
}
