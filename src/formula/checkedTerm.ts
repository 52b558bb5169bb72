import {checkNumber, describe} from '../checks/checks.js';
import type {Arithmetic} from './arithmetic.js';
import {operations} from './operations.js';
import type {Moment, Term} from './term.js';
import type {Operand, Trace} from './trace.js';

const PROPERTIES = ['logits', 'margin', 'loss', 'numbers', 'softLabels'];
const KINDS = ['plain', 'direction', 'cosine'];

/** Rejects what is no term: formulas are users' own. */
export function checkTerm(owner: string, term: Term): void {
  if (typeof term !== 'object' || term === null) {
    throw new TypeError(`${owner}: term() must return a Term such as {logits: plain}, got ${describe(term)}`);
  }
  const unknown = Object.keys(term).find((name) => !PROPERTIES.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`${owner}: a term has no '${unknown}'; it has logits, margin, loss and numbers`);
  }
  const {logits, margin, loss, numbers = {}, softLabels} = term;
  if (typeof logits !== 'object' || logits === null || !KINDS.includes(logits.kind)) {
    throw new TypeError(
      `${owner}: the logits of a term must be plain, adjusted(…), direction or cosine(scale), got ${describe(logits)}`,
    );
  }
  const {scale = 'auto'} = logits;
  if (scale !== 'auto') checkNumber(owner, 'the scale of cosine(scale)', scale, {above: 0, or: "'auto'"});
  for (const [name, formula] of Object.entries({margin, loss})) {
    if (formula === undefined || typeof formula === 'function') continue;
    throw new TypeError(`${owner}: the ${name} of a term must be a function, got ${describe(formula)}`);
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (typeof value === 'function') continue;
    for (const number of Array.isArray(value) ? value : [value]) {
      checkNumber(owner, `the number '${name}' of its term`, number, {});
    }
  }
  if (softLabels === undefined) return;
  if (
    logits.kind !== 'plain' ||
    logits.offsets !== undefined ||
    margin ||
    numbers[softLabels] === undefined
  ) {
    throw new TypeError(
      `${owner}: softLabels is for plain logits without a margin, and names one of the numbers of the term`,
    );
  }
}

/** A number at a moment, which may be a function of the user's own. */
export function valueAt(
  owner: string,
  name: string,
  value: NonNullable<Term['numbers']>[string],
  at: Moment,
): number {
  if (typeof value !== 'function') return Number(value);
  const given = value(at);
  checkNumber(owner, `what '${name}' of its numbers returns`, given, {});
  return given;
}

/** The operations of a trace for formulas, which may call them with anything. */
export function checkedArithmetic(owner: string, trace: Trace): Arithmetic<Operand> {
  const names = [...Object.keys(operations), 'stairs', 'detached'] as (keyof Arithmetic<Operand>)[];
  const checked = (name: keyof Arithmetic<Operand>) => {
    const operate = trace[name] as (...operands: unknown[]) => Operand;
    return (...operands: unknown[]) => {
      for (const operand of operands.flat()) checkOperand(owner, `what ${name}() is given`, operand);
      return operate(...operands);
    };
  };
  return Object.fromEntries(names.map((name) => [name, checked(name)])) as never;
}

/** Rejects anything but numbers that float32 has, and results of operations. */
export function checkOperand(owner: string, what: string, operand: unknown): asserts operand is Operand {
  const isResult = typeof operand === 'object' && operand !== null && 'step' in operand;
  if (isResult || (typeof operand === 'number' && Number.isFinite(Math.fround(operand)))) return;
  throw new TypeError(
    `${owner}: ${what} must be a result of operations or a finite number, got ${describe(operand)}; ` +
      'write sub(a, b) for a − b, and return the result',
  );
}
