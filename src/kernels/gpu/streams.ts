import type {Plan, Stream} from '../../formula/plan.js';
import {cellAtText, type Cell, cellText, type Quantity} from './programs.js';

/** The uniform that a number of a plan is. */
export function numberName(index: number): string {
  return `n${index}`;
}

/** The numbers of a plan by these names. */
export function namedNumbers(numbers: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(numbers.map((number, index) => [numberName(index), number]));
}

/** The logits of a stream: `logits{k}`. */
export function logitsCell({source, overKernelNorm, scale}: Stream, k: number): Cell {
  const lengths = [...(scale === undefined ? [] : ['featureNorms']), ...(overKernelNorm ? ['kernelNorms'] : [])];
  return {
    name: `logits${k}`,
    cells: [source],
    rows: lengths.filter((name) => name === 'featureNorms'),
    columns: lengths.filter((name) => name === 'kernelNorms'),
    body: `return ${lengths.length > 0 ? `${source} * factor${k}(${lengths.join(', ')})` : source};`,
  };
}

/** What the source of a stream is multiplied by, `factor{k}`, and its logits, `logits{k}` and `logits{k}At(row, j)`. */
export function streamsText({streams}: Plan): string {
  return streams
    .map((stream, k) => {
      const cell = logitsCell(stream, k);
      return `${factorText(stream, k)}${cellText(cell)}${cellAtText(cell)}`;
    })
    .join('');
}

function factorText({overKernelNorm, scale}: Stream, k: number): string {
  if (scale !== undefined) {
    return `
float factor${k}(float featureNorm${overKernelNorm ? ', float kernelNorm' : ''}) {
  float lengths = featureNorm${overKernelNorm ? ' * kernelNorm' : ''};
  if (lengths > SMALLEST_LENGTHS) { return ${numberName(scale)} / lengths; }
  return 0.0;
}
`;
  }
  return overKernelNorm ? `\nfloat factor${k}(float kernelNorm) {\n  return divided(1.0, kernelNorm);\n}\n` : '';
}

/** The mass that a soft label gives to a class. */
export function softLabelText({softLabels}: Plan): string {
  if (!softLabels) return '';
  const [labels, evenly] = [numberName(softLabels.labels), numberName(softLabels.evenly)];
  return `
float massOf(float label) {
  return ${labels} * label + ${evenly} / float(CLASSES);
}
`;
}

/** What is summed up over the classes but the true one, under the names that the program of the plan has for it. */
export function quantitiesOf({streams}: Plan, hasSoftLabels: boolean): Quantity[] {
  return streams.flatMap((stream, k) => {
    const {exponentials, moment, lead, excesses} = stream;
    const entries = logitsCell(stream, k);
    const rebased = (sum: string) =>
      `return whole.${sum} + part.${sum} * expOfNegative(part.max${k} - whole.max${k});`;
    const largest: Quantity = {
      name: `max${k}`,
      entries,
      none: 'LOWEST',
      step: 'return max(value, f);',
      merge: `return max(whole.max${k}, part.max${k});`,
    };
    const sumOf = (name: string, summand: string, isRelative = true): Quantity => ({
      name,
      entries,
      none: '0.0',
      step: `return value + ${summand};`,
      isRelative,
      merge: isRelative ? rebased(name) : plainSum(name),
    });
    return [
      ...(exponentials ? [largest, sumOf(`sum${k}`, 'expOfNegative(f - largest)')] : []),
      ...(moment ? [sumOf(`moment${k}`, 'f * expOfNegative(f - largest)')] : []),
      ...(lead ? [sumOf(`lead${k}`, '(own - f) / float(CLASSES)', false)] : []),
      ...excesses.flatMap((margin, h) => [
        sumOfExceeding(`excess${k}_${h}`, 'excess', numberName(margin)),
        sumOfExceeding(`violated${k}_${h}`, '1.0', numberName(margin)),
      ]),
      ...(hasSoftLabels && k === 0 ? softQuantities(sumOf) : []),
    ];

    /** Σ max(0, f_j − f_y + Δ), or how many of them are positive. */
    function sumOfExceeding(name: string, summand: string, margin: string): Quantity {
      const step = `float excess = (f - own) + ${margin};
  if (excess > 0.0 || isnan(excess)) { return value + ${summand}; }
  return value;`;
      return {name, entries, none: '0.0', step, merge: plainSum(name)};
    }
  });
}

/** Σ q_j and Σ q_j·(max − f_j) of a row of soft labels q. */
function softQuantities(sumOf: (name: string, summand: string, isRelative?: boolean) => Quantity): Quantity[] {
  return [
    sumOf('mass', 'massOf(label)', false),
    {
      ...sumOf('shortfall', 'massTimes(massOf(label), largest - f)'),
      merge: 'return whole.shortfall + part.shortfall + massTimes(part.mass, whole.max0 - part.max0);',
    },
  ];
}

function plainSum(name: string): string {
  return `return whole.${name} + part.${name};`;
}
