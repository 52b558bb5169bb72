import type {OperationName} from './arithmetic.js';
import type {Operand, Program} from './trace.js';

/** The text of a program: statements that declare its results, and the expressions of its outputs. */
export interface ShaderText {
  readonly statements: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Writes a program in GLSL of which WGSL can be made. What is given for each row has the name that `row` makes of its own, and numbers are n0, n1, … The text calls
 * the functions of `shaderMath`, and `select(b, a, condition)` for `condition ? a : b`, as WGSL has it.
 */
export function shaderText({steps, outputs}: Program, row: (name: string) => string): ShaderText {
  const statements: string[] = [];
  const names: string[] = [];
  const text = (operand: Operand) =>
    typeof operand === 'number' ? floatLiteral(operand) : names[operand.step]!;
  for (const step of steps) {
    if (step.kind === 'row') names.push(row(step.name));
    else if (step.kind === 'number') names.push(`n${step.index}`);
    else {
      const args = step.args.map(text);
      const name = `t${statements.length}`;
      names.push(name);
      statements.push(
        step.kind === 'stairs'
          ? stairsText(name, args[0]!, step.bounds, step.values)
          : `float ${name} = ${expressions[step.name](...args)};`,
      );
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

/**
 * Declares `name` as `values[0]` if a exceeds every bound, else as that of as many steps as there are bounds that it does not exceed. One
 * statement a step: compilers for graphics processors refuse expressions that are nested deep.
 */
function stairsText(name: string, a: string, bounds: readonly number[], values: readonly number[]): string {
  const descending = [...bounds].sort((x, y) => y - x);
  const steps = descending.map(
    (bound, k) => `if (${a} <= ${floatLiteral(bound)}) { ${name} = ${floatLiteral(values[k + 1]!)}; }`,
  );
  return [`float ${name} = ${floatLiteral(values[0]!)};`, ...steps].join('\n  ');
}

const call =
  (name: string) =>
  (...args: string[]) =>
    `${name}(${args.join(', ')})`;

const expressions: Readonly<Record<Exclude<OperationName, 'stairs'>, (...args: string[]) => string>> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: call('divided'),
  max: call('maxOf'),
  min: call('minOf'),
  exp: call('exp'),
  expm1: call('expm1'),
  log: call('log'),
  sqrt: call('sqrt'),
  sin: call('sinOf'),
  cos: call('cosOf'),
  atan2: call('polarAngle'),
  // step(edge, x) is 1 where x ≥ edge.
  isAtMost: call('step'),
  select: (condition, a, b) => `select(${b}, ${a}, ${condition} != 0.0)`,
  crossEntropy: call('crossEntropy'),
  crossEntropySlope: call('crossEntropySlope'),
};
