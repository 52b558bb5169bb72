import * as tf from '@tensorflow/tfjs';
import {equalErrorRate, tprAtFpr} from 'tfjs-losses/metrics';
import {recognizer} from 'tfjs-losses/recognition';
import {Random} from '../cifar10/random.js';

/** As many examples are compared with one another. */
const COMPARED = 1_000;
const FALSE_ACCEPT = 0.001;
/** How often examples to enrol are drawn anew. */
const DRAWS = 10;

export interface Embedded {
  readonly features: tf.Tensor2D;
  readonly labels: readonly string[];
}

/** Whether two examples are of the same class, told by their cosine: equal error rate, and TAR at a FAR of 10⁻³. */
export function verify({features, labels}: Embedded): {eer: number; tar: number} {
  const count = Math.min(COMPARED, labels.length);
  const similarity = tf.tidy(() => {
    const some = tf.slice(features, 0, count);
    const directions = tf.div<tf.Tensor2D>(some, tf.norm(some, 2, 1, true));
    return tf.matMul(directions, directions, false, true);
  });
  const cosines = similarity.dataSync();
  similarity.dispose();
  const same: number[] = [];
  const other: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      (labels[i] === labels[j] ? same : other).push(cosines[i * count + j]!);
    }
  }
  return {eer: equalErrorRate(same, other), tar: tprAtFpr(same, other, FALSE_ACCEPT)};
}

/** The share of examples whose class is the nearest one, of classes that were enrolled by so many examples each. */
export async function enrolledAccuracy(
  {features, labels}: Embedded,
  shots: number,
  seed: number,
): Promise<number> {
  const embeddings = (await features.array()).map((row) => Float32Array.from(row));
  const at = (places: readonly number[]) => places.map((place) => embeddings[place]!);
  const random = new Random(seed, 'enrolment');
  const order = Uint32Array.from(labels.keys());
  let [right, asked] = [0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    random.shuffle(order);
    const r = recognizer((given: Float32Array[]) => given);
    const enrolled: number[] = [];
    for (const label of new Set(labels)) {
      const places = Array.from(order)
        .filter((place) => labels[place] === label)
        .slice(0, shots);
      await r.enroll(label, at(places));
      enrolled.push(...places);
    }
    const queries = Array.from(order).filter((place) => !enrolled.includes(place));
    await r.calibrate({unknown: at(queries)}, {falseAccept: 0});
    const answers = await r.recognize(at(queries));
    right += answers.filter(({nearest}, i) => nearest === labels[queries[i]!]).length;
    asked += queries.length;
  }
  return right / asked;
}
