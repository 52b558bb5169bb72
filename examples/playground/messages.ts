/** What the page asks of the worker, and what the worker answers. Comlink makes calls of the messages. */

import type {BackendChoice, Settings} from './settings.js';

/** The worker, as the page sees it. */
export interface Engine {
  /** Starts a backend and loads the digits from their file. */
  open(backend: BackendChoice, digitsUrl: string): Promise<Opened>;
  /** Makes two new networks, and says what they make of the test digits before training. */
  start(settings: Settings): Promise<Report>;
  /** Trains until `pause`, or until so many steps are done, and reports several times a second. */
  play(untilStep: number, onReport: (report: Report) => void): Promise<void>;
  pause(): void;
  /** One step. */
  step(): Promise<Report>;
  /** What both networks say of a drawing. */
  read(request: ReadRequest): Promise<Readings>;
}

export interface Opened {
  /** The backend that runs. */
  readonly backend: string;
  /** The digits of the test images, which the pictures show. */
  readonly labels: Uint8Array;
  /** Their grey values. */
  readonly images: Float32Array;
}

export type Pair<T> = readonly [left: T, right: T];

export interface Report {
  readonly step: number;
  /** How long a step of both networks took; null before the first. */
  readonly millisecondsPerStep: number | null;
  readonly panels: Pair<PanelReport>;
}

/** What a network makes of the test digits. */
export interface PanelReport {
  /** Two numbers a digit, strangers included. */
  readonly features: Float32Array;
  /** The directions of the known classes in the plane, in their order. */
  readonly directions: readonly (readonly [x: number, y: number])[];
  /** The share of known digits that the 2-D layer tells right. */
  readonly accuracy: number;
  /** The angle between a digit and the direction of its class, averaged, in degrees. */
  readonly withinClass: number;
  /** The mean loss of each term over the known digits, times its weight. */
  readonly terms: readonly number[];
}

/** A class of the user's own. */
export interface OwnClass {
  readonly name: string;
  readonly images: readonly Float32Array[];
}

export interface ReadRequest {
  /** 28 × 28 grey values. */
  readonly image: Float32Array;
  /** The share of known digits to refuse. */
  readonly falseReject: number;
  readonly classes: readonly OwnClass[];
}

export interface Readings {
  readonly step: number;
  readonly panels: Pair<Reading>;
}

/** What a network says of a drawing. */
export interface Reading {
  /** Null: unknown. */
  readonly label: string | null;
  readonly nearest: string;
  readonly score: number;
  readonly threshold: number;
  readonly runnerUp: {readonly label: string; readonly score: number} | null;
  /** Where the drawing lies in the picture. */
  readonly feature: readonly [x: number, y: number];
  readonly quality: Quality;
}

/** How the threshold does on the test digits: shares from 0 to 1. */
export interface Quality {
  readonly right: number;
  readonly refused: number;
  /** Of the digits that were not trained; null if there are none. */
  readonly strangers: {readonly refused: number; readonly auroc: number} | null;
}
