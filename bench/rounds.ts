import {median, quantile} from 'simple-statistics';
import {Bench} from 'tinybench';
import {now} from './clock.js';
import {type Contender, finish} from './contender.js';

/** How long to measure. */
export interface Effort {
  /** How often every contender has its turn, one round to warm up aside. */
  readonly rounds: number;
  /** Of one turn, in milliseconds; the work is done at least once. */
  readonly time: number;
}

/** What a contender takes. */
export interface Timing {
  readonly contender: string;
  /** The median. */
  readonly milliseconds: number;
  /** To the first contender: the median over the rounds, and the quartiles. */
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
}

/**
 * Contenders take turns in every round, and are compared with the first of the same round: whatever else the machine does
 * hits them alike.
 */
export async function takeTurns(contenders: readonly Contender[], {rounds, time}: Effort): Promise<Timing[]> {
  const medians = new Map(contenders.map(({name}): [string, number[]] => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C through
      // So that nobody's garbage is collected in somebody else's turn; a browser cannot be asked.
      globalThis.gc?.({type: 'minor', execution: 'sync'});
      const bench = new Bench({time, iterations: 1, warmup: false, throws: true, now});
      const [task] = await bench.add(contender.name, () => finish(contender), {async: true}).run();
      const {result} = task!;
      if (result.state !== 'completed')
        throw new Error(`${contender.name} was not measured: ${result.state}`);
      if (round > 0) medians.get(contender.name)!.push(result.latency.p50);
    }
  }
  return compare(medians);
}

/** Medians and ratios, from the times of each contender, one a round. */
export function compare(times: ReadonlyMap<string, readonly number[]>): Timing[] {
  const [first] = times.values();
  return [...times].map(([contender, own]) => {
    const ratios = own.map((time, round) => time / first![round]!);
    return {
      contender,
      milliseconds: median([...own]),
      ratio: median(ratios),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  });
}

/** So that nobody always comes behind the same other. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
