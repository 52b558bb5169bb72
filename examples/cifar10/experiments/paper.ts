/** What Prabhu & Shelke report, "Exploiting Loss Function Properties for Improved Performance", tables 1 and 2. */

/** Accuracies in %. */
export interface PaperResult {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

const result = (train: number, validation: number, test: number): PaperResult => ({train, validation, test});

/** By the id of the row: see `rows.ts`. */
export const paper: Readonly<Record<string, PaperResult>> = {
  hinge: result(62.2, 54.1, 50.5),
  softmax: result(64.0, 55.0, 53.8),
  'lsoftmax-2': result(58.2, 54.7, 52.0),
  'lsoftmax-3': result(44.7, 44.2, 41.7),
  'lsoftmax-4': result(63.7, 56.1, 55.5),
  'asoftmax-2': result(59.7, 55.6, 53.0),
  'asoftmax-3': result(44.2, 43.8, 40.3),
  'asoftmax-4': result(63.8, 53.6, 54.5),
  'hinge-softmax-higher': result(63.2, 54.1, 50.4),
  'hinge-softmax-equal': result(63.0, 54.2, 53.8),
  'hinge-softmax-lower': result(59.8, 53.4, 52.2),
  'lsoftmax-asoftmax-2': result(61.4, 54.1, 54.6),
  'lsoftmax-asoftmax-3': result(42.0, 43.5, 40.5),
  'lsoftmax-asoftmax-4': result(60.3, 55.4, 53.8),
  'hinge-lsoftmax-asoftmax-2': result(62.0, 54.4, 54.1),
  'hinge-lsoftmax-asoftmax-3': result(36.2, 36.8, 31.4),
  'hinge-lsoftmax-asoftmax-4': result(64.3, 55.9, 55.5),
};
