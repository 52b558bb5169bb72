import type {OperationName} from './arithmetic.js';
import {operations, type SlopeArithmetic, stairsAt} from './operations.js';

/** The result of a step of a {@link Program}, by the step's index. */
export interface Ref {
  readonly step: number;
}

/** What an operation is applied to: a constant, or the result of a step. */
export type Operand = number | Ref;

/** One step of a program: something that is given, or an operation on what earlier steps gave. */
export type Step =
  /** A number per example. */
  | {readonly kind: 'row'; readonly name: string}
  /** One number for all examples, by its place among the numbers. */
  | {readonly kind: 'number'; readonly index: number}
  | {
      readonly kind: 'operation';
      readonly name: Exclude<OperationName, 'stairs'>;
      readonly args: readonly Operand[];
    }
  | {
      readonly kind: 'stairs';
      readonly args: readonly [Operand];
      readonly bounds: readonly number[];
      readonly values: readonly number[];
    };

/** Formulas as data: plain objects, which any backend and any copy of this package can run. */
export interface Program {
  readonly steps: readonly Step[];
  readonly outputs: Readonly<Record<string, Operand>>;
}

/** Records what formulas do, in order. Constants are folded, and nothing is recorded twice. */
export class Trace implements SlopeArithmetic<Operand> {
  readonly #steps: Step[] = [];
  readonly #known = new Map<string, Ref>();
  readonly #detached = new Set<number>();

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** A number per example. */
  readonly row = (name: string): Ref => this.#record({kind: 'row', name});

  /** A number that is the same for all examples. */
  readonly number = (index: number): Ref => this.#record({kind: 'number', index});

  readonly add = (a: Operand, b: Operand): Operand => {
    if (a === 0) return b;
    if (b === 0) return a;
    if (isSame(a, b)) return this.mul(a, 2);
    const [negativeA, negativeB] = [this.#negated(a), this.#negated(b)];
    if (negativeB !== undefined) return this.sub(a, negativeB);
    if (negativeA !== undefined) return this.sub(b, negativeA);
    return typeof a === 'number' ? this.#apply('add', b, a) : this.#apply('add', a, b);
  };

  readonly sub = (a: Operand, b: Operand): Operand => {
    if (b === 0) return a;
    if (a === 0) return this.mul(b, -1);
    if (isSame(a, b)) return 0;
    // (a + b) − b, which is how the change that a margin makes is written.
    const step = typeof a === 'number' ? undefined : this.#steps[a.step]!;
    if (step?.kind === 'operation') {
      const [first, second] = step.args as [Operand, Operand];
      if (step.name === 'add' && isSame(first, b)) return second;
      if (step.name === 'add' && isSame(second, b)) return first;
      if (step.name === 'sub' && isSame(first, b)) return this.mul(second, -1);
    }
    return this.#apply('sub', a, b);
  };

  readonly mul = (a: Operand, b: Operand): Operand => {
    if (a === 0 || b === 0) return 0;
    if (a === 1) return b;
    if (b === 1) return a;
    // Constants are taken out of products, where they meet.
    const [[x, k], [y, l]] = [this.#multiple(a), this.#multiple(b)];
    const constant = k * l;
    if (typeof x === 'number' && typeof y === 'number') return constant;
    if (x === 1 || y === 1)
      return constant === 1 ? (x === 1 ? y : x) : this.#apply('mul', x === 1 ? y : x, constant);
    return constant === 1 ? this.#apply('mul', x, y) : this.mul(this.#apply('mul', x, y), constant);
  };

  readonly div = (a: Operand, b: Operand): Operand => (b === 1 ? a : a === 0 ? 0 : this.#apply('div', a, b));
  readonly max = (a: Operand, b: Operand): Operand => this.#apply('max', a, b);
  readonly min = (a: Operand, b: Operand): Operand => this.#apply('min', a, b);
  readonly exp = (a: Operand): Operand => this.#apply('exp', a);
  readonly expm1 = (a: Operand): Operand => this.#apply('expm1', a);
  readonly log = (a: Operand): Operand => this.#apply('log', a);
  readonly sqrt = (a: Operand): Operand => this.#apply('sqrt', a);
  readonly sin = (a: Operand): Operand => this.#apply('sin', a);
  readonly cos = (a: Operand): Operand => this.#apply('cos', a);
  readonly atan2 = (y: Operand, x: Operand): Operand => this.#apply('atan2', y, x);
  readonly isAtMost = (a: Operand, b: Operand): Operand => this.#apply('isAtMost', a, b);
  readonly crossEntropy = (sum: Operand, gap: Operand): Operand => this.#apply('crossEntropy', sum, gap);
  readonly crossEntropySlope = (sum: Operand, gap: Operand): Operand =>
    this.#apply('crossEntropySlope', sum, gap);

  readonly select = (condition: Operand, a: Operand, b: Operand): Operand =>
    isSame(a, b) ? a : this.#apply('select', condition, a, b);

  readonly stairs = (a: Operand, bounds: readonly number[], values: readonly number[]): Operand => {
    if (values.length !== bounds.length + 1) {
      throw new RangeError(
        `stairs: there must be one more value than bounds, got ${values.length} for ${bounds.length} bounds`,
      );
    }
    if (bounds.length === 0) return values[0]!;
    if (typeof a === 'number') return stairsAt(a, bounds, values);
    return this.#record({kind: 'stairs', args: [a], bounds, values});
  };

  /** Sums of 0 are no steps, so this one is recorded by hand: a step of its own, where the derivative ends. */
  readonly detached = (a: Operand): Operand => {
    if (typeof a === 'number') return a;
    const copy = {step: this.#steps.length};
    this.#steps.push({kind: 'operation', name: 'add', args: [a, 0]});
    this.#detached.add(copy.step);
    return copy;
  };

  /**
   * The derivatives of `output` with respect to each of `variables`, which are taken as independent of each other. Reverse
   * mode: the operations' own derivatives, from the last step to the first.
   */
  derivatives(output: Operand, variables: readonly Operand[]): Operand[] {
    const wanted = new Set(
      variables.flatMap((variable) => (typeof variable === 'number' ? [] : variable.step)),
    );
    const slopes = new Map<number, Operand>();
    const collect = (operand: Operand, slope: Operand) => {
      if (typeof operand === 'number') return;
      slopes.set(operand.step, this.add(slopes.get(operand.step) ?? 0, slope));
    };
    collect(output, 1);
    for (let index = typeof output === 'number' ? -1 : output.step; index >= 0; index--) {
      const slope = slopes.get(index);
      const step = this.#steps[index]!;
      if (slope === undefined || wanted.has(index) || this.#detached.has(index)) continue;
      if (step.kind !== 'operation') continue;
      const bySelf = operations[step.name].slopes?.<Operand>(this, {step: index}, ...step.args) ?? [];
      bySelf.forEach((own, i) => {
        collect(step.args[i]!, this.mul(slope, own));
      });
    }
    return variables.map((variable) => (typeof variable === 'number' ? 0 : (slopes.get(variable.step) ?? 0)));
  }

  /** What is needed for these outputs, and nothing else. */
  program(outputs: Readonly<Record<string, Operand>>): Program {
    const isNeeded = new Set<number>();
    const need = (operand: Operand) => {
      if (typeof operand !== 'number') isNeeded.add(operand.step);
    };
    Object.values(outputs).forEach(need);
    for (let index = this.#steps.length - 1; index >= 0; index--) {
      const step = this.#steps[index]!;
      if (isNeeded.has(index) && 'args' in step) step.args.forEach(need);
    }
    const places = new Map([...isNeeded].sort((a, b) => a - b).map((index, place) => [index, place]));
    const moved = (operand: Operand): Operand =>
      typeof operand === 'number' ? operand : {step: places.get(operand.step)!};
    return {
      steps: [...places.keys()].map((index) => {
        const step = this.#steps[index]!;
        return ('args' in step ? {...step, args: step.args.map(moved)} : step) as Step;
      }),
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, operand]) => [name, moved(operand)])),
    };
  }

  #apply(name: Exclude<OperationName, 'stairs'>, ...args: Operand[]): Operand {
    if (args.every((arg) => typeof arg === 'number')) return operations[name].value(...args);
    return this.#record({kind: 'operation', name, args});
  }

  #record(step: Step): Ref {
    const key = JSON.stringify(step);
    const known = this.#known.get(key);
    if (known) return known;
    const ref = {step: this.#steps.length};
    this.#steps.push(step);
    this.#known.set(key, ref);
    return ref;
  }

  /** What this is a constant times, and the constant. The opposite counts as a number of its own: it is one step for all who use it. */
  #multiple(operand: Operand): [factor: Operand, constant: number] {
    if (typeof operand === 'number') return [1, operand];
    const constant = this.#constantOf(operand);
    return constant === undefined || constant === -1 ? [operand, 1] : [this.#argsOf(operand)[0]!, constant];
  }

  /** What this is −1 times. */
  #negated(operand: Operand): Operand | undefined {
    if (typeof operand === 'number') return undefined;
    return this.#constantOf(operand) === -1 ? this.#argsOf(operand)[0] : undefined;
  }

  #constantOf({step: index}: Ref): number | undefined {
    const step = this.#steps[index]!;
    if (step.kind !== 'operation' || step.name !== 'mul') return undefined;
    return typeof step.args[1] === 'number' ? step.args[1] : undefined;
  }

  #argsOf({step}: Ref): readonly Operand[] {
    return (this.#steps[step] as Extract<Step, {args: unknown}>).args;
  }
}

function isSame(a: Operand, b: Operand): boolean {
  return typeof a === 'number' || typeof b === 'number' ? a === b : a.step === b.step;
}
