import type {ArrayExpression, Expression} from 'acorn';
import {
  amsoftmax,
  annealedLambda,
  arcface,
  asoftmax,
  combined,
  combinedMargin,
  cosface,
  focal,
  generalizedCrossEntropy,
  hinge,
  type Loss,
  ldam,
  logitAdjusted,
  lsoftmax,
  magface,
  normalizedCrossEntropy,
  normalizedSoftmax,
  poly,
  reverseCrossEntropy,
  softmax,
} from 'tfjs-losses';
import {
  lookUp,
  type NamedCall,
  type ParsedExpression,
  parseExpression,
  readCall,
  readNumber,
} from './expression.js';

/** What an option's value may be: a number, a word, a list of numbers, a λ schedule or the loss that another is based on. */
type OptionValue = number | boolean | string | number[] | ReturnType<typeof annealedLambda> | Loss;

/** The words that are values of options. */
const WORDS = ['auto', 'sum', 'max'];

/** A loss, or a schedule, that an expression may name. */
export interface Term<T> {
  /** The options it takes. */
  readonly options: readonly string[];
  create(options: Record<string, OptionValue>): T;
}

/** Which losses there are, by the name that an expression calls them. */
export type LossVocabulary = Readonly<Record<string, Term<Loss>>>;

/** A loss whose options are those of what `make` makes. */
export function lossTerm(make: (options?: never) => Loss & {readonly options: object}): Term<Loss> {
  return {options: Object.keys(make().options), create: (options) => make(options as never)};
}

const factories = {
  hinge,
  softmax,
  lsoftmax,
  asoftmax,
  amsoftmax,
  cosface,
  arcface,
  normalizedSoftmax,
  combinedMargin,
  magface,
  focal,
  poly,
  generalizedCrossEntropy,
  reverseCrossEntropy,
  normalizedCrossEntropy,
};

export const standardLosses: LossVocabulary = {
  ...Object.fromEntries(Object.entries(factories).map(([name, make]) => [name, lossTerm(make)])),
  // These cannot be made without counts.
  logitAdjusted: {options: ['counts', 'tau'], create: (options) => logitAdjusted(options as never)},
  ldam: {options: ['counts', 'maxMargin', 'scale'], create: (options) => ldam(options as never)},
};

const schedules: Readonly<Record<string, Term<ReturnType<typeof annealedLambda>>>> = {
  anneal: {
    options: ['base', 'steps', 'gamma', 'power', 'min'],
    create: (options) => annealedLambda(options as Parameters<typeof annealedLambda>[0]),
  },
};

/**
 * Reads a loss such as `0.25*hinge + 0.65*lsoftmax(m=4) + 0.34*asoftmax(m=4, lambda=anneal(base=1000, min=5))` or
 * `focal(base=arcface)`: named losses, their options, weights before, after or under them, sums, and parentheses, which nest combinations.
 *
 * @throws ExpressionError that points at the place.
 */
export function parseLoss(text: string, vocabulary: LossVocabulary = standardLosses): Loss {
  const expression = parseExpression('loss', text);
  return asOneLoss(new LossReader(expression, vocabulary).terms(expression.root));
}

type WeightedLoss = readonly [weight: number, loss: Loss];

function asOneLoss(terms: readonly WeightedLoss[]): Loss {
  const [first] = terms;
  return terms.length === 1 && first![0] === 1 ? first![1] : combined(terms);
}

class LossReader {
  readonly #expression: ParsedExpression;
  readonly #vocabulary: LossVocabulary;

  constructor(expression: ParsedExpression, vocabulary: LossVocabulary) {
    this.#expression = expression;
    this.#vocabulary = vocabulary;
  }

  /** The terms of a sum, of a weighted loss or of a loss by itself. */
  terms(node: Expression): readonly WeightedLoss[] {
    const {fail} = this.#expression;
    if (readNumber(node) !== undefined) return fail(node, 'a number alone is no loss; write weight*loss');
    if (node.type === 'BinaryExpression' && node.left.type !== 'PrivateIdentifier') {
      const {left, right, operator} = node;
      if (operator === '+') return [...this.terms(left), ...this.terms(right)];
      if (operator === '*') return this.#product(node, left, right);
      if (operator === '/') return this.#scaled(right, left, (divisor) => 1 / divisor);
      return fail(node, `losses can be weighted and added; "${operator}" has no meaning here`);
    }
    const call = readCall(this.#expression, node);
    if (call === undefined) return fail(node, 'expected a loss, such as softmax or lsoftmax(m=4)');
    return [[1, this.#create(call, this.#vocabulary, 'loss')]];
  }

  #product(node: Expression, left: Expression, right: Expression): readonly WeightedLoss[] {
    if (readNumber(left) !== undefined) return this.#scaled(left, right, (weight) => weight);
    if (readNumber(right) !== undefined) return this.#scaled(right, left, (weight) => weight);
    return this.#expression.fail(node, 'one side of "*" must be a number: its weight');
  }

  #scaled(
    number: Expression,
    loss: Expression,
    weightOf: (value: number) => number,
  ): readonly WeightedLoss[] {
    const value = readNumber(number);
    if (value === undefined) return this.#expression.fail(number, 'a loss can be divided by a number only');
    const scale = weightOf(value);
    if (!(Number.isFinite(scale) && scale >= 0)) {
      return this.#expression.fail(number, `a weight must be a finite number >= 0, got ${scale}`);
    }
    const terms = this.terms(loss);
    if (terms.length > 1) return [[scale, combined(terms)]];
    return terms.map(([weight, term]) => [scale * weight, term]);
  }

  #create<T>(call: NamedCall, vocabulary: Readonly<Record<string, Term<T>>>, kind: string): T {
    const term = lookUp(this.#expression, call, vocabulary, kind);
    const values: Record<string, OptionValue> = {};
    for (const {name, value} of call.options) {
      values[name] =
        kind === 'loss' && name === 'base' ? asOneLoss(this.terms(value)) : this.#optionValue(value);
    }
    try {
      return term.create(values);
    } catch (error) {
      const problem = (error as Error).message;
      // The option that is refused by itself for the same reason is the one to point at; or else it is the whole call.
      const culprit = call.options.find(
        ({name}) => problemOf(() => term.create({[name]: values[name]!})) === problem,
      );
      return this.#expression.fail(culprit?.value ?? call.nameSpan, problem);
    }
  }

  #optionValue(node: Expression): OptionValue {
    const value = readNumber(node);
    if (value !== undefined) return value;
    if (node.type === 'Literal' && typeof node.value === 'boolean') return node.value;
    if (node.type === 'Identifier' && WORDS.includes(node.name)) return node.name;
    if (node.type === 'ArrayExpression') return this.#numbers(node);
    const call = readCall(this.#expression, node);
    if (call === undefined) return this.#expression.fail(node, 'expected a number or anneal(…)');
    return this.#create(call, schedules, 'schedule');
  }

  #numbers(list: ArrayExpression): number[] {
    return list.elements.map((element) => {
      const isNode = element !== null && element.type !== 'SpreadElement';
      const value = isNode ? readNumber(element) : undefined;
      return value ?? this.#expression.fail(element ?? list, 'a list is of numbers, as in [900, 90, 10]');
    });
  }
}

/** The message of the error that `make` throws, if it does. */
function problemOf(make: () => unknown): string | undefined {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
