import {Gallery} from './gallery.js';
import {type Features, selectRows} from './matrix.js';
import type {ExampleScore} from './scores.js';

/** How large a class may be for its examples' cosines to be measured: 1, 2, 5, 10, 20, 50, …, less than `examples`. */
export function classSizes(examples: number): number[] {
  const sizes: number[] = [];
  for (let decade = 1; decade < examples; decade *= 10) sizes.push(decade, 2 * decade, 5 * decade);
  return sizes.filter((size) => size < examples);
}

/**
 * How well other examples of a known class fit it if it consists of `size` of them, drawn at random but always the same:
 * cosines in ascending order. `classes` says where the examples of each class are, more than `size` of them.
 */
export async function fewShotCosines(
  features: Features,
  classes: readonly (readonly number[])[],
  size: number,
  score: ExampleScore,
  k: number,
): Promise<Float64Array> {
  const random = generator(size);
  const draws = Array.from({length: drawsOf(size)}, async (_, draw) => {
    const places = shuffled(classes[draw % classes.length]!, random);
    const gallery = new Gallery(score, k);
    gallery.add('class', selectRows(features, places.slice(0, size)));
    const others = selectRows(features, places.slice(size, size + OTHERS));
    const rankings = await gallery.snapshot().rank(others);
    return rankings.map(([own]) => own!.score);
  });
  return Float64Array.from((await Promise.all(draws)).flat()).sort();
}

/** Examples compared with each class that is drawn. */
const OTHERS = 50;

/** Fewer of large classes, which differ less from one another and cost more. */
function drawsOf(size: number): number {
  return Math.min(100, Math.max(30, Math.round(2000 / size)));
}

function shuffled(places: readonly number[], random: () => number): number[] {
  const result = [...places];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
