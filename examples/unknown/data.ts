import {type Digits, loadDigits, PIXELS, splitDigits} from '../quickstart/digits.js';

/** The six that the network is trained on, the first of the five usual splits for open sets of MNIST. */
export const KNOWN: readonly number[] = [2, 4, 5, 9, 8, 3];
/** The four that it has never seen. */
export const STRANGERS: readonly number[] = [0, 1, 6, 7];

/** Images with the names of their digits. */
export interface Examples {
  readonly xs: Float32Array[];
  readonly labels: string[];
}

/** What each stage of the example may look at. No image is in two of them. */
export interface Stages {
  /** The six, to train on. */
  readonly train: Examples;
  /** The six, to find the threshold with. */
  readonly calibrate: Examples;
  /** A few of each of the four, to enrol. */
  readonly enroll: Examples;
  /** All ten. */
  readonly test: Examples;
}

export interface SplitOptions {
  /** Part of every digit that trains, from 0 to 1. */
  readonly train: number;
  /** How many examples of a digit make a class. */
  readonly shots: number;
  readonly seed: number;
}

/** A quarter of what does not train is for calibration and enrolment, the rest for the test. */
export function splitStages({train: part, shots, seed}: SplitOptions): Stages {
  const {train, test} = splitDigits(loadDigits(), {train: part, test: 1 - part, seed});
  const rest = Array.from(test.labels.keys());
  const quarter = Math.floor(rest.length / 4);
  const seen = rest.slice(0, quarter);
  return {
    train: examplesOf(train, ofDigits(train, Array.from(train.labels.keys()), KNOWN)),
    calibrate: examplesOf(test, ofDigits(test, seen, KNOWN)),
    enroll: examplesOf(
      test,
      STRANGERS.flatMap((digit) => ofDigits(test, seen, [digit]).slice(0, shots)),
    ),
    test: examplesOf(test, rest.slice(quarter)),
  };
}

/** Those of one digit. */
export function only({xs, labels}: Examples, label: string): Float32Array[] {
  return xs.filter((_, i) => labels[i] === label);
}

function ofDigits({labels}: Digits, places: readonly number[], digits: readonly number[]): number[] {
  return places.filter((place) => digits.includes(labels[place]!));
}

function examplesOf({images, labels}: Digits, places: readonly number[]): Examples {
  return {
    xs: places.map((place) => images.slice(place * PIXELS, (place + 1) * PIXELS)),
    labels: places.map((place) => String(labels[place])),
  };
}
