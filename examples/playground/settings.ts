import {LOSSES, type Parameter, type Term, termOf, WEIGHT} from './losses.js';

export const BACKENDS = ['auto', 'webgl', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendChoice = (typeof BACKENDS)[number];

/** All that decides what the page shows: the link holds it. */
export interface Settings {
  /** The losses of the two networks that are compared. */
  readonly losses: readonly [left: readonly Term[], right: readonly Term[]];
  /** Decides the weights that both networks start with, and the order of the digits. */
  readonly seed: number;
  /** The digits that neither network is trained with. */
  readonly strangers: readonly number[];
  readonly backend: BackendChoice;
}

export const DEFAULTS: Settings = {
  losses: [[termOf('lsoftmax')], [termOf('softmax')]],
  seed: 5,
  strangers: [],
  backend: 'auto',
};

/** The fewest digits that make sense to train with. */
export const LEAST_KNOWN = 3;

/** The settings as the fragment of a link: `#left=0.25*hinge(margin=1)+0.65*lsoftmax(m=4,lambda=0.7)&right=1*softmax(…)…` */
export function toHash({losses: [left, right], seed, strangers, backend}: Settings): string {
  return `#left=${printed(left)}&right=${printed(right)}&seed=${seed}&strangers=${strangers.join('')}&backend=${backend}`;
}

/** The settings of a link, and what it says that cannot be: there the defaults stand in. */
export function fromHash(hash: string): {settings: Settings; problems: string[]} {
  const given = new Map(
    hash
      .replace(/^#/, '')
      .split('&')
      .map((pair) => [pair.split('=', 1)[0]!, decoded(pair.slice(pair.indexOf('=') + 1))]),
  );
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T, otherwise: T): T => {
    const text = given.get(name);
    if (text === undefined) return otherwise;
    try {
      return parse(text);
    } catch (error) {
      problems.push(`The link’s “${name}” is left out: ${(error as Error).message}.`);
      return otherwise;
    }
  };
  const settings: Settings = {
    losses: [read('left', parseTerms, DEFAULTS.losses[0]), read('right', parseTerms, DEFAULTS.losses[1])],
    seed: read('seed', (text) => parseNumber('seed', text, {least: 0, largest: 1e6, step: 1}), DEFAULTS.seed),
    strangers: read('strangers', parseStrangers, DEFAULTS.strangers),
    backend: read('backend', parseBackend, DEFAULTS.backend),
  };
  return {settings, problems};
}

function printed(terms: readonly Term[]): string {
  return terms
    .map(({loss, weight, values}) => {
      const options = Object.entries(values).map(([name, value]) => `${name}=${value}`);
      return `${weight}*${loss}(${options.join(',')})`;
    })
    .join('+');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseTerms(text: string): Term[] {
  const terms = text.split('+').map(parseTerm);
  if (terms.every(({weight}) => weight === 0)) throw new Error('at least one weight must be above 0');
  return terms;
}

function parseTerm(text: string): Term {
  const [, weight = '1', loss = '', options = ''] = /^(?:([^*]+)\*)?(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const entry = Object.hasOwn(LOSSES, loss) ? LOSSES[loss] : undefined;
  if (!entry) {
    throw new Error(
      `“${text}” must be a loss such as 0.5*lsoftmax(m=4), one of ${Object.keys(LOSSES).join(', ')}`,
    );
  }
  const values = options.split(',').flatMap((option) => {
    if (option === '') return [];
    const [name, value = ''] = option.split('=') as [string, string?];
    const parameter = entry.parameters.find((known) => known.name === name);
    if (!parameter) {
      const names = entry.parameters.map((known) => known.name);
      throw new Error(`${loss} has no “${name}”; it has ${names.join(', ')}`);
    }
    return [[name, parseNumber(name, value, parameter)]];
  });
  return termOf(loss, parseNumber('weight', weight, WEIGHT), Object.fromEntries(values));
}

function parseNumber(
  name: string,
  text: string,
  {least, largest, step}: Pick<Parameter, 'least' | 'largest' | 'step'>,
): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= largest) || (step === 1 && !Number.isInteger(value))) {
    const kind = step === 1 ? 'an integer' : 'a number';
    throw new Error(`${name} must be ${kind} from ${least} to ${largest}, got “${text}”`);
  }
  return value;
}

function parseStrangers(text: string): number[] {
  const digits = [...new Set(text)].sort().map(Number);
  if (!/^\d*$/.test(text) || digits.length > 10 - LEAST_KNOWN) {
    throw new Error(`it must be digits such as 79, at most ${10 - LEAST_KNOWN} of them, got “${text}”`);
  }
  return digits;
}

function parseBackend(text: string): BackendChoice {
  const backend = BACKENDS.find((known) => known === text);
  if (!backend) throw new Error(`it must be one of ${BACKENDS.join(', ')}, got “${text}”`);
  return backend;
}
