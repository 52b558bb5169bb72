import type {TrainConfig} from './config.js';

/** One term of the loss over an epoch. */
export interface TermRecord {
  /** Its formula, such as `lsoftmax(m=4)`. */
  readonly term: string;
  readonly weight: number;
  /** The mean over the training images, before the weight. */
  readonly loss: number;
  /** λ after the epoch's last step; null for a loss that has none. */
  readonly lambda: number | null;
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Training steps in this epoch: fewer than the others have if the run was interrupted. */
  readonly steps: number;
  /** The sum of weight × loss over the terms. */
  readonly loss: number;
  readonly terms: readonly TermRecord[];
  /** Share of right answers as the images were trained on: with dropout, and by the weights of that moment. */
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
  /** At the epoch's last step. */
  readonly learningRate: number;
  /** Of training and validation together. */
  readonly seconds: number;
}

/** Share of right answers of the finished network, without dropout. */
export interface FinalRecord {
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
  readonly testAccuracy: number;
}

export interface TrainRecord {
  readonly config: TrainConfig;
  /** How many images each part had. */
  readonly images: {readonly training: number; readonly validation: number; readonly test: number};
  readonly epochs: readonly EpochRecord[];
  /** Null if the run diverged, or if it was not asked for. */
  readonly final: FinalRecord | null;
  /** Whether it was stopped before its last step. */
  readonly interrupted: boolean;
  /** Whether the loss ceased to be a finite number; training stops there. */
  readonly diverged: boolean;
  readonly parameters: number;
  readonly seconds: number;
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}
