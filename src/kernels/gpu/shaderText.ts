import type {Arithmetic} from '../arithmetic.js';

/** Statements of a shader that declare intermediate results, and the arithmetic that writes them. */
export interface ShaderText {
  readonly arithmetic: Arithmetic<string>;
  /** The statements so far. */
  readonly statements: readonly string[];
}

/** Writes each operation as a statement of its own, so that an intermediate result that is used twice is computed once. */
export function shaderText(declare: (name: string, expression: string) => string): ShaderText {
  const statements: string[] = [];
  const named = (expression: string) => {
    const name = `t${statements.length}`;
    statements.push(declare(name, expression));
    return name;
  };
  return {
    arithmetic: {
      add: (a, b) => named(`${text(a)} + ${text(b)}`),
      sub: (a, b) => named(`${text(a)} - ${text(b)}`),
      mul: (a, b) => named(`${text(a)} * ${text(b)}`),
      // step(edge, x) is 1 where x ≥ edge, in both languages.
      isAtMost: (a, b) => named(`step(${a}, ${text(b)})`),
    },
    statements,
  };
}

/** A number as GLSL and WGSL both read it. */
export function floatLiteral(value: number): string {
  const digits = String(Math.fround(value));
  return /^-?\d+$/.test(digits) ? `(${digits}.0)` : `(${digits})`;
}

function text(operand: string | number): string {
  return typeof operand === 'number' ? floatLiteral(operand) : operand;
}
