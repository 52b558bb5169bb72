import {type CallExpression, type Expression, parseExpressionAt} from 'acorn';
import {didYouMean} from './suggestion.js';

/** A place in the text: offsets of its first character and of the one after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with an expression that the user wrote, with a line of carets under the place. */
export class ExpressionError extends Error {
  constructor(what: string, text: string, {start, end}: Span, problem: string) {
    const carets = ' '.repeat(start) + '^'.repeat(Math.max(1, end - start));
    super(`cannot read the ${what} at column ${start + 1}: ${problem}\n  ${text}\n  ${carets}`);
    this.name = 'ExpressionError';
  }
}

/** An expression such as `0.5*hinge(margin=1) + softmax`, with the means to complain about parts of it. */
export interface ParsedExpression {
  readonly root: Expression;
  fail(place: Span, problem: string): never;
}

/** Parses an expression. The grammar is JavaScript's: the callers pick the part of it that they give a meaning to. */
export function parseExpression(what: string, text: string): ParsedExpression {
  const fail = (place: Span, problem: string): never => {
    throw new ExpressionError(what, text, place, problem);
  };
  if (text.trim() === '') fail({start: 0, end: 1}, 'it is empty');
  const lineBreak = text.search(/[\n\r\u2028\u2029]/);
  if (lineBreak >= 0) fail({start: lineBreak, end: lineBreak + 1}, 'it must be one line');
  let root: Expression;
  try {
    root = parseExpressionAt(text, 0, {ecmaVersion: 2020, preserveParens: false});
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const {pos} = error as SyntaxError & {pos: number};
    return fail(characterAt(text, pos), complaintAbout(text, pos));
  }
  const rest = text.slice(root.end).search(/\S/);
  if (rest >= 0) fail(characterAt(text, root.end + rest), complaintAbout(text, root.end + rest));
  return {root, fail};
}

function characterAt(text: string, position: number): Span {
  return {start: Math.min(position, text.length), end: Math.min(position, text.length) + 1};
}

function complaintAbout(text: string, position: number): string {
  return position >= text.length ? 'it ends too early' : `"${text[position]}" is not expected here`;
}

/** `name` or `name(option=value, …)`. */
export interface NamedCall {
  readonly name: string;
  /** Where the name stands. */
  readonly nameSpan: Span;
  readonly options: readonly {name: string; nameSpan: Span; value: Expression}[];
}

/** Reads a name with options; undefined if the node is something else. */
export function readCall({fail}: ParsedExpression, node: Expression): NamedCall | undefined {
  if (node.type === 'Identifier') return {name: node.name, nameSpan: node, options: []};
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return undefined;
  const {callee} = node;
  const options = node.arguments.map((argument) => readOption(argument, callee.name, fail));
  options.forEach(({name, nameSpan}, index) => {
    if (options.slice(0, index).some((earlier) => earlier.name === name)) {
      fail(nameSpan, `the option "${name}" is given twice`);
    }
  });
  return {name: callee.name, nameSpan: callee, options};
}

function readOption(
  argument: CallExpression['arguments'][number],
  owner: string,
  fail: ParsedExpression['fail'],
): NamedCall['options'][number] {
  const isAssignment = argument.type === 'AssignmentExpression' && argument.operator === '=';
  if (!isAssignment || argument.left.type !== 'Identifier') {
    return fail(argument, `options are written name=value, as in ${owner}(name=1)`);
  }
  return {name: argument.left.name, nameSpan: argument.left, value: argument.right};
}

/** What the name of a call stands for; unknown names and options are pointed at. */
export function lookUp<T extends {readonly options: readonly string[]}>(
  {fail}: ParsedExpression,
  {name, nameSpan, options}: NamedCall,
  vocabulary: Readonly<Record<string, T>>,
  kind: string,
): T {
  const known = Object.keys(vocabulary);
  const entry = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined;
  if (entry === undefined) {
    return fail(nameSpan, `unknown ${kind} "${name}"${didYouMean(name, known)} Known: ${known.join(', ')}.`);
  }
  for (const option of options) {
    if (entry.options.includes(option.name)) continue;
    const hint = didYouMean(option.name, entry.options);
    const has = entry.options.length === 0 ? 'It has none.' : `Its options: ${entry.options.join(', ')}.`;
    fail(option.nameSpan, `${name} has no option "${option.name}"${hint} ${has}`);
  }
  return entry;
}

/** Works out an expression of numbers; undefined if there is something else in it. */
export function readNumber(node: Expression): number | undefined {
  if (node.type === 'Literal') return typeof node.value === 'number' ? node.value : undefined;
  if (node.type === 'UnaryExpression') {
    const value = readNumber(node.argument);
    if (value === undefined) return undefined;
    if (node.operator === '-') return -value;
    return node.operator === '+' ? value : undefined;
  }
  if (node.type !== 'BinaryExpression' || node.left.type === 'PrivateIdentifier') return undefined;
  const left = readNumber(node.left);
  const right = readNumber(node.right);
  if (left === undefined || right === undefined) return undefined;
  return arithmetic[node.operator]?.(left, right);
}

const arithmetic: Partial<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};
