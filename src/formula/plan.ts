import {checkedArithmetic, checkOperand, valueAt} from './checkedTerm.js';
import {scaleOf} from './scale.js';
import type {Logits, Moment, Row, Term} from './term.js';
import {type Operand, type Program, type Ref, Trace} from './trace.js';

/** A term of a weighted sum of losses. */
export interface WeightedTerm {
  readonly weight: number;
  readonly term: Term;
  /** The name of its loss, for error messages. */
  readonly owner: string;
}

/** What is known of the logits before any of their numbers are. */
export interface Source {
  /** Whether W_j·x is another matrix than the logits, since a bias is added. */
  readonly hasBias: boolean;
  /** Whether the columns of the kernel have norm 1. */
  readonly isNormalized: boolean;
}

/**
 * A weighted sum of losses as data: what is summed up over the classes of a row, and a program that makes of it the loss
 * and all that the gradient needs. Kernels know no loss and no term.
 */
export interface Plan {
  /** Plain logits first, then directions, then cosines. */
  readonly streams: readonly Stream[];
  /**
   * From what is known of a row to `loss` and `columns`. It is given, per row and as far as it reads them: `logit` and
   * `product` of the true class, `featureNorm`, `kernelNorm` of the true class, `sine`, and the sums of every stream k:
   * `max{k}` and `sum{k}`, `moment{k}`, `lead{k}`, `excess{k}_{h}`, `largest{k}` and `ties{k}`; and `perClass{t}`, the true class's
   * number in row t of those that are per class.
   */
  readonly program: Program;
  /** How many numbers it comes with. */
  readonly numbers: number;
  /**
   * What is remembered of a row: `max{k}`; `factor{k}`, which times e^{f_j − max} is the gradient with respect to every other
   * logit of the stream, `true{k}`, with respect to that of the true class, `dLead{k}`, which all others have subtracted,
   * `dExcess{k}_{h}`, for each that exceeds the margin, `dLargest{k}`, for each that is `largest{k}`; and the gradients with respect to `dProduct` (W_y·x beside a bias),
   * `dFeatureNorm`, `dKernelNorm` and `dSine`.
   */
  readonly columns: readonly string[];
  readonly needs: Needs;
  /** The places of the numbers of cross-entropy against distributions, if every term takes these. */
  readonly softLabels?: {readonly labels: number; readonly evenly: number};
}

/** Logits as a set of terms sees them, and what is summed up over the classes but the true one. */
export interface Stream {
  readonly source: 'logits' | 'products';
  /** The row of the numbers per class that are added to them. */
  readonly offsets?: number;
  /** Whether they are divided by ‖W_j‖. */
  readonly overKernelNorm: boolean;
  /** The place of the number s, for logits that are divided by ‖x‖ too and multiplied by s. */
  readonly scale?: number;
  /** The largest, and Σ e^{f_j − largest}. */
  readonly exponentials: boolean;
  /** Σ f_j·e^{f_j − largest}. */
  readonly moment: boolean;
  /** Σ_j (f_y − f_j)/C. */
  readonly lead: boolean;
  /** Σ max(0, f_j − f_y + Δ). */
  readonly excesses: readonly Excess[];
  /** The largest alone, NaN if one is, and how many there are of it. */
  readonly largest: boolean;
}

/** A sum of what exceeds a margin. */
export interface Excess {
  /** The place of the number Δ. */
  readonly margin: number;
  /** Whether the summands are squared. */
  readonly isSquared: boolean;
}

/** What a plan is computed from beside logits and labels. */
export interface Needs {
  readonly products: boolean;
  readonly features: boolean;
  readonly kernel: boolean;
  /** sin θ_y, which is measured from features and kernel. */
  readonly sine: boolean;
}

/** A plan, and the numbers that it wants. */
export interface Planned {
  readonly plan: Plan;
  readonly numbersAt: (at: Moment) => number[];
  /** Numbers per class, row by row. */
  readonly perClass: readonly PerClass[];
}

/** Numbers, one per class, of a loss. */
export interface PerClass {
  readonly owner: string;
  readonly values: readonly number[];
}

/** Below this, the product of the lengths of x and W_j is too small for a cosine: it counts as 0, without a gradient. */
export const SMALLEST_LENGTHS = 2 ** -100;

/** Below this sine, x and W_y are parallel but for rounding: the angle counts as 0 or π, where no direction is nearer than any other. */
export const SMALLEST_SINE = 2 ** -44;

/** What a batch of logits and these terms come to. */
export function planOf(terms: readonly WeightedTerm[], source: Source): Planned {
  const builder = new PlanBuilder(source);
  const byView = new Map<string, WeightedTerm[]>();
  const order = ({term}: WeightedTerm) => ['plain', 'direction', 'cosine'].indexOf(term.logits.kind);
  for (const each of [...terms].sort((a, b) => order(a) - order(b))) {
    const view = viewOf(each.term, source);
    byView.set(view, [...(byView.get(view) ?? []), each]);
  }
  for (const ofStream of byView.values()) builder.addStream(ofStream);
  return builder.finish(terms);
}

/** What tells streams apart. Over columns of norm 1, ‖x‖·cos θ_j is W_j·x. */
function viewOf({logits, numbers}: Term, {hasBias, isNormalized}: Source): string {
  if (logits.offsets !== undefined) return `plain + ${numbers?.[logits.offsets]}`;
  if (logits.kind === 'cosine') return `cosine ${logits.scale}`;
  return logits.kind === 'direction' && isNormalized && !hasBias ? 'plain' : logits.kind;
}

/** Whether a term sees the output of the model as it is: then there are sums over it. */
function seesOutput({kind, offsets}: Logits): boolean {
  return kind === 'plain' && offsets === undefined;
}

/** What of one stream goes back to its logits. */
interface StreamGradient {
  /** With respect to Σ e^{f_j − max}, to the true class's logit and to `lead`. */
  readonly sum: Operand;
  readonly target: Operand;
  readonly lead: Operand;
}

/** Writes the program of a plan: the formulas of the terms, and the chain rule around them. */
class PlanBuilder {
  readonly #source: Source;
  readonly #trace = new Trace();
  readonly #streams: Omit<Stream, 'exponentials' | 'moment' | 'lead' | 'largest'>[] = [];
  readonly #outputs: Record<string, Operand> = {loss: 0};
  readonly #perClass: PerClass[] = [];
  readonly #numbers: {readonly operand: Ref; readonly value: (at: Moment) => number}[] = [];

  constructor(source: Source) {
    this.#source = source;
  }

  addStream(terms: readonly WeightedTerm[]): void {
    const {hasBias, isNormalized} = this.#source;
    const k = this.#streams.length;
    const [{term: first, owner}] = terms as readonly [WeightedTerm];
    const {logits} = first;
    const isPlain = logits.kind === 'plain' || viewOf(first, this.#source) === 'plain';
    const scale =
      logits.kind === 'cosine'
        ? this.#number(({classes}) => scaleOf(logits.scale ?? 'auto', classes))
        : undefined;
    const offsets = logits.offsets === undefined ? undefined : this.#offsets(owner, first, logits.offsets);
    const {add, row} = this.#trace;
    const plain = add(row('logit'), offsets === undefined ? 0 : row(`perClass${offsets}`));
    const own = isPlain ? plain : this.#angularLogit(scale);
    const excesses: Excess[] = [];

    let gradient: StreamGradient = {sum: 0, target: 0, lead: 0};
    for (const {weight, term, owner} of terms) {
      const w = terms.length === 1 && weight === 1 ? 1 : this.#number(() => weight);
      const ofTerm = this.#addTerm(owner, k, term, w, own, scale, excesses);
      gradient = {
        sum: add(gradient.sum, ofTerm.sum),
        target: add(gradient.target, ofTerm.target),
        lead: add(gradient.lead, ofTerm.lead),
      };
    }
    this.#addGradient(k, gradient, own, scale);
    this.#streams.push({
      source: hasBias && !isPlain ? 'products' : 'logits',
      overKernelNorm: !isPlain && !isNormalized,
      ...(scale && {scale: this.#placeOf(scale)}),
      ...(offsets !== undefined && {offsets}),
      excesses,
    });
  }

  finish(terms: readonly WeightedTerm[]): Planned {
    const softLabels = this.#softLabels(terms);
    const outputs = Object.fromEntries(
      Object.entries(this.#outputs).filter(([name, operand]) => name === 'loss' || operand !== 0),
    );
    const {loss: _, ...kept} = outputs;
    const program = this.#trace.program(outputs);
    const reads = new Set(program.steps.flatMap((step) => (step.kind === 'row' ? [step.name] : [])));
    const streams = this.#streams.map((stream, k) => ({
      ...stream,
      exponentials: reads.has(`sum${k}`),
      moment: reads.has(`moment${k}`),
      lead: reads.has(`lead${k}`),
      largest: reads.has(`largest${k}`),
    }));
    const numbers = this.#numbers.map(({value}) => value);
    return {
      plan: {
        streams,
        program,
        needs: needsOf(streams, reads),
        numbers: numbers.length,
        columns: Object.keys(kept),
        ...(softLabels && {softLabels}),
      },
      numbersAt: (at) => numbers.map((value) => value(at)),
      perClass: this.#perClass,
    };
  }

  /** Adds the loss of one term, and what does not go back through the logits of its stream. */
  #addTerm(
    owner: string,
    k: number,
    {logits, margin, loss, numbers}: Term,
    weight: Operand,
    own: Operand,
    scale: Ref | undefined,
    excesses: Excess[],
  ): StreamGradient {
    const {add, sub, mul, div, row, crossEntropy} = this.#trace;
    const derivatives = (of: Operand, ...by: Operand[]) => this.#trace.derivatives(of, by);
    const {hasBias} = this.#source;
    const {angle, lengths, featureNorm, kernelNorm} = this.#angle(logits.kind);
    const length = {plain: lengths, direction: featureNorm, cosine: scale!}[logits.kind];
    const number = this.#numbersOf(owner, numbers);

    // f_y = n·margin, of which n·cos θ is what the stream has anyway.
    const formulas = checkedArithmetic(owner, this.#trace);
    const given = margin?.<Operand>(formulas, angle, number);
    if (margin) checkOperand(owner, 'what margin() returns', given);
    const change = given === undefined ? 0 : sub(given, angle.cosine);
    const [sum, ahead] = [row(`sum${k}`), sub(add(own, mul(length, change)), row(`max${k}`))];
    const ofRow = {
      crossEntropy: crossEntropy(sum, ahead),
      lead: row(`lead${k}`),
      gap: sub(own, row(`largest${k}`)),
    };
    const exceeded: {readonly sum: Ref; readonly column: string}[] = [];
    const excess = (isSquared: boolean) => (name: string) => {
      if (!seesOutput(logits)) throw new TypeError(outputOnly(owner, 'excess', logits));
      if (isPerClass(numbers?.[name])) {
        throw new TypeError(`${owner}: the margin '${name}' of an excess must be one number, not a list`);
      }
      const h = excesses.push({margin: this.#placeOf(number(name)), isSquared}) - 1;
      exceeded.push({sum: row(`excess${k}_${h}`), column: `dExcess${k}_${h}`});
      return exceeded.at(-1)!.sum;
    };
    const known: Row<Operand> = {
      ...ofRow,
      excess: excess(false),
      squaredExcess: excess(true),
      get featureNorm() {
        if (logits.kind !== 'plain') return featureNorm;
        throw new TypeError(
          `${owner}: plain logits may come without features, which 'featureNorm' is of; make them directions or cosines`,
        );
      },
    };
    const value = loss ? loss<Operand>(formulas, known, number) : ofRow.crossEntropy;
    checkOperand(owner, 'what loss() returns', value);
    this.#add('loss', mul(weight, value));

    const wanted = [...Object.values(ofRow), featureNorm, ...exceeded.map((each) => each.sum)];
    const [dCrossEntropy, dLead, dGap, dFeatureNorm, ...dExcess] = derivatives(value, ...wanted).map(
      (slope) => mul(weight, slope),
    );
    this.#add('dFeatureNorm', dFeatureNorm!);
    exceeded.forEach(({column}, h) => {
      this.#add(column, dExcess[h]!);
    });
    if (!seesOutput(logits)) {
      if (dLead !== 0) throw new TypeError(outputOnly(owner, 'lead', logits));
      if (dGap !== 0) throw new TypeError(outputOnly(owner, 'gap', logits));
    }
    if (dGap !== 0) this.#outputs[`largest${k}`] = row(`largest${k}`);
    this.#add(`dLargest${k}`, mul(div(dGap!, row(`ties${k}`)), -1));
    const [bySum, byAhead] = derivatives(ofRow.crossEntropy, sum, ahead);
    const dTarget = mul(dCrossEntropy!, byAhead!);

    const [byCosine, bySine, byNorm] = derivatives(change, angle.cosine, angle.sine, featureNorm);
    const dLength = mul(dTarget, sub(change, mul(angle.cosine, byCosine!)));
    if (logits.kind === 'direction') this.#add('dFeatureNorm', dLength);
    if (logits.kind === 'plain') {
      this.#add('dFeatureNorm', mul(dLength, kernelNorm));
      this.#add('dKernelNorm', mul(dLength, featureNorm));
    }
    this.#add('dFeatureNorm', mul(mul(dTarget, length), byNorm!));
    const [ofSine] = derivatives(angle.sine, row('sine'));
    this.#add('dSine', mul(mul(mul(dTarget, length), bySine!), ofSine!));
    // The cosine is W_y·x over lengths, and the stream's own logit is that times the same lengths, plus a bias if it is plain.
    const isBiased = hasBias && logits.kind === 'plain';
    if (isBiased) this.#add('dProduct', mul(dTarget, byCosine!));
    const target = isBiased ? dTarget : mul(dTarget, add(byCosine!, 1));
    return {sum: mul(dCrossEntropy!, bySum!), target: add(target, dGap!), lead: dLead!};
  }

  /** The gradient with respect to the logits of a stream. */
  #addGradient(k: number, {sum, target, lead}: StreamGradient, own: Operand, scale: Ref | undefined): void {
    const {add, sub, mul, div, row} = this.#trace;
    if (sum !== 0) this.#add(`max${k}`, row(`max${k}`));
    this.#add(`factor${k}`, sum);
    const ofEach =
      lead === 0
        ? 0
        : div(
            lead,
            this.#number(({classes}) => classes),
          );
    this.#add(`dLead${k}`, ofEach);
    this.#add(`true${k}`, add(target, sub(lead, ofEach)));
    if (!scale) return;
    // Every f_j is inverse to ‖x‖, so this is −Σ_j f_j·∂L/∂f_j / ‖x‖.
    const moment = add(mul(sum, row(`moment${k}`)), mul(target, own));
    this.#add('dFeatureNorm', mul(div(moment, row('featureNorm')), -1));
  }

  /** The true class's logit over ‖W_y‖; or, with a scale s, s·cos θ_y. */
  #angularLogit(scale: Ref | undefined): Operand {
    const {mul, div} = this.#trace;
    const {product, kernelNorm, ratio} = this.#angle(scale ? 'cosine' : 'direction');
    return scale ? mul(scale, ratio) : div(product, kernelNorm);
  }

  /** What is known of the angle between x and W_y. What no formula reads is not measured, since the program leaves it out. */
  #angle(kind: Logits['kind']) {
    const {row, mul, div, min, max, atan2, select, isAtMost} = this.#trace;
    const {hasBias, isNormalized} = this.#source;
    const product = row(hasBias ? 'product' : 'logit');
    const featureNorm = row('featureNorm');
    // A column of norm 1 may also be one of zeros, which only plain logits tell from others: their length is ‖x‖‖W_y‖.
    const kernelNorm = isNormalized && kind !== 'plain' ? 1 : row('kernelNorm');
    const lengths = mul(featureNorm, kernelNorm);
    const whereMeasured = (value: Operand, otherwise: number) =>
      kind === 'cosine' ? select(isAtMost(lengths, SMALLEST_LENGTHS), otherwise, value) : value;
    const ratio = whereMeasured(div(product, lengths), 0);
    const cosine = min(max(ratio, -1), 1);
    const sine = whereMeasured(row('sine'), 1);
    const angle = {cosine, sine, theta: atan2(sine, cosine), featureNorm};
    return {angle, ratio, product, lengths, featureNorm, kernelNorm};
  }

  /** Σ_t w_t·((1 − ε_t)·label + ε_t/C), if every term takes soft labels. */
  #softLabels(terms: readonly WeightedTerm[]): Plan['softLabels'] {
    if (terms.some(({term}) => term.softLabels === undefined)) return undefined;
    const total = (share: (smoothing: number) => number) =>
      this.#placeOf(
        this.#number((at) =>
          terms.reduce((sum, {weight, owner, term: {softLabels, numbers}}) => {
            const smoothing = valueAt(owner, softLabels!, numbers![softLabels!]!, at);
            return sum + weight * share(smoothing);
          }, 0),
        ),
      );
    return {labels: total((smoothing) => 1 - smoothing), evenly: total((smoothing) => smoothing)};
  }

  #offsets(owner: string, {numbers}: Term, name: string): number {
    const values = numbers?.[name];
    if (isPerClass(values)) return this.#rowOf(owner, values);
    throw new TypeError(
      `${owner}: '${name}', which its logits are adjusted by, must be a list among its numbers`,
    );
  }

  /** The row of such numbers among those that are per class. */
  #rowOf(owner: string, values: readonly number[]): number {
    const known = this.#perClass.findIndex((row) => String(row.values) === String(values));
    return known >= 0 ? known : this.#perClass.push({owner, values}) - 1;
  }

  #numbersOf(owner: string, numbers: Term['numbers']): (name: string) => Ref {
    const known = new Map<string, Ref>();
    return (name) => {
      const value = numbers?.[name];
      if (value === undefined) {
        throw new TypeError(
          `${owner}: the formula reads the number '${name}', which is not among the numbers of its term: ` +
            `${Object.keys(numbers ?? {}).join(', ') || 'none'}; add it to them`,
        );
      }
      const operand =
        known.get(name) ??
        (isPerClass(value)
          ? this.#trace.row(`perClass${this.#rowOf(owner, value)}`)
          : this.#number((at) => valueAt(owner, name, value, at)));
      known.set(name, operand);
      return operand;
    };
  }

  #number(value: (at: Moment) => number): Ref {
    const operand = this.#trace.number(this.#numbers.length);
    this.#numbers.push({operand, value});
    return operand;
  }

  #placeOf(number: Ref): number {
    return this.#numbers.findIndex(({operand}) => operand.step === number.step);
  }

  #add(output: string, value: Operand): void {
    this.#outputs[output] = this.#trace.add(this.#outputs[output] ?? 0, value);
  }
}

function outputOnly(owner: string, name: 'excess' | 'lead' | 'gap', {kind, offsets}: Logits): string {
  const logits = offsets === undefined ? `${kind} logits` : 'adjusted logits';
  return `${owner}: '${name}' is of plain logits, and this term has ${logits}; make them plain, or leave it out`;
}

type TermNumber = NonNullable<Term['numbers']>[string];

function isPerClass(value: TermNumber | undefined): value is readonly number[] {
  return Array.isArray(value);
}

function needsOf(streams: readonly Stream[], reads: ReadonlySet<string>): Needs {
  const sine = reads.has('sine');
  return {
    products: reads.has('product') || streams.some(({source}) => source === 'products'),
    features: sine || reads.has('featureNorm') || streams.some(({scale}) => scale !== undefined),
    kernel: sine || reads.has('kernelNorm') || streams.some(({overKernelNorm}) => overKernelNorm),
    sine,
  };
}
