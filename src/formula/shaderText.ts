import type {OperationName} from './arithmetic.js';
import type {Operand, Program} from './trace.js';

/** What differs between shading languages in the text of a program. */
export interface Dialect {
  /** Declares a float. */
  declare(name: string, expression: string): string;
  /** `a` where a condition holds, else `b`. */
  select(condition: string, a: string, b: string): string;
  /** Functions whose names are not those of the operations. */
  readonly atan2: string;
}

/** The text of a program: statements that declare its results, and the expressions of its outputs. */
export interface ShaderText {
  readonly statements: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Writes a program. What is given has the name that `row` and `number` make of its own. The text calls `divided`, `expm1`,
 * `crossEntropy` and `crossEntropySlope`, which a backend brings along.
 */
export function shaderText(
  {steps, outputs}: Program,
  dialect: Dialect,
  row: (name: string) => string,
  number: (index: number) => string,
): ShaderText {
  const statements: string[] = [];
  const names: string[] = [];
  const text = (operand: Operand) =>
    typeof operand === 'number' ? floatLiteral(operand) : names[operand.step]!;
  for (const step of steps) {
    if (step.kind === 'row') names.push(row(step.name));
    else if (step.kind === 'number') names.push(number(step.index));
    else {
      const args = step.args.map(text);
      const expression =
        step.kind === 'stairs'
          ? stairsText(dialect, args[0]!, step.bounds, step.values)
          : expressionOf(dialect)[step.name](...args);
      names.push(`t${statements.length}`);
      statements.push(dialect.declare(names.at(-1)!, expression));
    }
  }
  return {
    statements,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, operand]) => [name, text(operand)])),
  };
}

/** A number as GLSL and WGSL both read it. */
export function floatLiteral(value: number): string {
  const digits = String(Math.fround(value));
  return /^-?\d+$/.test(digits) ? `(${digits}.0)` : `(${digits})`;
}

/** `values[0]` if a exceeds every bound, else that of as many steps as there are bounds that it does not exceed. */
function stairsText(
  {select}: Dialect,
  a: string,
  bounds: readonly number[],
  values: readonly number[],
): string {
  const ascending = [...bounds].sort((x, y) => x - y);
  return ascending.reduceRight(
    (otherwise, bound, i) =>
      select(`${a} <= ${floatLiteral(bound)}`, floatLiteral(values[bounds.length - i]!), otherwise),
    floatLiteral(values[0]!),
  );
}

type Expressions = Readonly<Record<Exclude<OperationName, 'stairs'>, (...args: string[]) => string>>;

function expressionOf({select, atan2}: Dialect): Expressions {
  const call =
    (name: string) =>
    (...args: string[]) =>
      `${name}(${args.join(', ')})`;
  return {
    add: (a, b) => `${a} + ${b}`,
    sub: (a, b) => `${a} - ${b}`,
    mul: (a, b) => `${a} * ${b}`,
    div: call('divided'),
    max: call('max'),
    min: call('min'),
    exp: call('exp'),
    expm1: call('expm1'),
    log: call('log'),
    sqrt: call('sqrt'),
    sin: call('sin'),
    cos: call('cos'),
    atan2: call(atan2),
    // step(edge, x) is 1 where x ≥ edge, in both languages.
    isAtMost: call('step'),
    select: (condition, a, b) => select(`${condition} != 0.0`, a!, b!),
    crossEntropy: call('crossEntropy'),
    crossEntropySlope: call('crossEntropySlope'),
  };
}
