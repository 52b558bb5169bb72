import type {Candidate} from './ranking.js';
import type {ScoreName} from './scores.js';

/** What `recognize` says of an example. */
export interface Answer {
  /** The class; null, for "unknown", exactly where `score` < `threshold`. */
  readonly label: string | null;
  /** How well the nearest class fits, on the scale of the recognizer's score. */
  readonly score: number;
  /** What `score` has to reach. */
  readonly threshold: number;
  /** The class that fits best, known or not: it is `label` wherever that is not null. */
  readonly nearest: string;
  /** The class in second place; null if there is but one. */
  readonly runnerUp: Candidate | null;
}

/** What `calibrate` found. */
export interface Calibration {
  /** Accepted means score ≥ threshold. */
  readonly threshold: number;
  /** The share of the known examples given that this threshold refuses; null if none were given. */
  readonly falseReject: number | null;
  /** The share of the strangers given that it accepts; null if none were given. */
  readonly falseAccept: number | null;
}

/** What `enroll` did. */
export interface Enrolment {
  /** The name of the class. */
  readonly label: string;
  /** How many examples the class is made of now. */
  readonly examples: number;
  /** The threshold, which `enroll` leaves as it is; null before `calibrate`. */
  readonly threshold: number | null;
  /**
   * What becomes of the calibration:
   *
   * - `'none'`: there is none yet.
   * - `'holds'`: the target was a share of known examples to refuse, and the class is new. It moves no known example
   *   below the threshold.
   * - `'outdated'`: the target was a share of strangers to accept, and a stranger may be taken for the new class as well;
   *   or it was enrolled before, and its direction has changed. Calibrate again.
   */
  readonly calibration: 'none' | 'holds' | 'outdated';
}

/** How well one score separates known examples from strangers, and the classes from one another. */
export interface ScoreQuality {
  /** See `auroc`, known against unknown. */
  readonly auroc: number;
  /** See `fprAtTpr`: the share of strangers accepted where 95 % of the known are. */
  readonly fpr95: number;
  /** See `oscr`. */
  readonly oscr: number;
}

/** What `compare` found. */
export interface Comparison {
  /** The score with the largest AUROC; of equals, the first one. */
  readonly best: ScoreName;
  /** Every score that this recognizer can have. */
  readonly scores: Readonly<Partial<Record<ScoreName, ScoreQuality>>>;
}
