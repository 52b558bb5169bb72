import {describe} from './checks.js';
import type {Batch} from './examples.js';
import {Gallery} from './gallery.js';
import {type Features, selectRows} from './matrix.js';
import type {ExampleScore} from './scores.js';

/** Examples and the names of their classes. */
export interface LabelledExamples<B extends Batch = Batch> {
  /** A tensor [batch, …] or an array of examples. */
  readonly xs: B;
  /** The name of the class of each. */
  readonly labels: readonly string[];
}

/** Known examples, ready to be ranked. */
export interface Known {
  readonly features: Features;
  readonly labels: readonly string[];
}

/** Rejects anything but examples with labels, each of them among `allowed`, if that is not null. */
export function checkLabels(
  what: string,
  known: LabelledExamples,
  allowed: readonly string[] | null,
): readonly string[] {
  const {xs, labels} = (
    typeof known === 'object' && known !== null ? known : {}
  ) as Partial<LabelledExamples>;
  if (xs === undefined || !Array.isArray(labels)) {
    throw new TypeError(
      `${what}: known must be {xs, labels}, examples and an array with the name of each one's class, got ${describe(known)}`,
    );
  }
  const wrong = labels.findIndex((label) => typeof label !== 'string' || label === '');
  if (wrong >= 0) {
    throw new TypeError(
      `${what}: labels[${wrong}] must be the name of a class, got ${describe(labels[wrong])}; ` +
        'for ids write ids.map((id) => names[id])',
    );
  }
  const classes = allowed && new Set(allowed);
  const stranger = classes && labels.find((label) => !classes.has(label));
  if (typeof stranger === 'string') {
    throw new RangeError(
      `${what}: the classes are ${listed(allowed!)}, got an example of '${stranger}'; enroll it first, or give it as unknown`,
    );
  }
  return labels;
}

/** Rejects labels that are not one for each example. */
export function checkOneLabelEach(what: string, {features, labels}: Known): void {
  if (labels.length !== features.count) {
    throw new RangeError(
      `${what}: there must be a label for each example, got ${features.count} examples and ${labels.length} labels`,
    );
  }
}

/** Learns these classes from the known examples that are of them, two or more of each. */
export function learn(
  what: string,
  {features, labels}: Known,
  classes: readonly string[],
  score: ExampleScore,
  k: number,
): Gallery {
  const gallery = new Gallery(score, k);
  const placesOf = placesByLabel(labels);
  for (const label of classes) {
    const places = placesOf.get(label) ?? [];
    if (places.length < 2) {
      throw new RangeError(
        `${what}: the score '${score}' needs at least 2 known examples of each class, got ${places.length} of '${label}'`,
      );
    }
    gallery.add(label, selectRows(features, places));
  }
  return gallery;
}

/** Where the examples of each class are. */
export function placesByLabel(labels: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [i, label] of labels.entries()) {
    const list = places.get(label);
    if (list) list.push(i);
    else places.set(label, [i]);
  }
  return places;
}

/** A few names, however many there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `'${name}'`);
  return names.length > shown.length ? `${shown.join(', ')} … (${names.length})` : shown.join(', ');
}
