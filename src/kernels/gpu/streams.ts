import {type Plan, SMALLEST_LENGTHS, type Stream} from '../../formula/plan.js';
import {type Cell, cellText, type Quantity} from '../../shaders/programs.js';

/** The logits of a stream, the cell `logits{k}`; what its source is multiplied by is `factor{k}` of the same lengths. */
export function logitsCell({source, offsets, overKernelNorm, scale}: Stream, k: number) {
  const rows = scale === undefined ? [] : ['featureNorms'];
  const columns = overKernelNorm ? ['kernelNorms'] : [];
  const lengths = [...rows, ...columns].join(', ');
  const offset = offsets === undefined ? '' : ` + getPerClass(${offsets}, j)`;
  const body = `return ${source}${lengths && ` * factor${k}(${lengths})`}${offset};`;
  return {name: `logits${k}`, cells: [source], rows, columns, lengths, body};
}

/** The mass that a soft label gives to a class. */
export function massesOf({softLabels, numbers}: Plan): Cell | undefined {
  const body = `return n${softLabels?.labels} * labels + n${numbers};`;
  return softLabels && {name: 'mass', cells: ['labels'], body};
}

/** The functions that programs read streams and masses by. */
export function streamsText(plan: Plan): string {
  const masses = massesOf(plan);
  const ofStreams = plan.streams.map((stream, k) => factorText(stream, k) + cellText(logitsCell(stream, k)));
  return `${ofStreams.join('')}${masses ? cellText(masses) : ''}
// No mass adds nothing, be the gap infinite.
float massTimes(float mass, float gap) {
  if (mass == 0.0) { return 0.0; }
  return mass * gap;
}
`;
}

function factorText({overKernelNorm, scale}: Stream, k: number): string {
  if (scale === undefined && !overKernelNorm) return '';
  const lengths = [...(scale === undefined ? [] : ['x']), ...(overKernelNorm ? ['w'] : [])];
  return `
float factor${k}(${lengths.map((name) => `float ${name}`).join(', ')}) {
  float lengths = ${lengths.join(' * ')};
  ${scale === undefined ? '' : `if (lengths <= ${SMALLEST_LENGTHS}) { return 0.0; }`}
  return divided(${scale === undefined ? '1.0' : `n${scale}`}, lengths);
}
`;
}

/** What is summed up over the classes but the true one, under the names that the program of the plan has for it. */
export function quantitiesOf({streams}: Plan, hasSoftLabels: boolean): Quantity[] {
  return streams.flatMap((stream, k) => {
    const {exponentials, moment, lead, excesses, largest: isLargestWanted} = stream;
    const entries = logitsCell(stream, k);
    const sumOf = (name: string, summand: string): Quantity => ({
      name,
      entries,
      none: '0.0',
      step: `return value + ${summand};`,
      merge: `return whole.${name} + part.${name};`,
    });
    /** A sum of what is relative to e^largest. */
    const sumOfExponentials = (name: string, summand: string): Quantity => ({
      ...sumOf(name, summand),
      isRelative: true,
      merge: `return whole.${name} + part.${name} * expOfNegative(part.max${k} - whole.max${k});`,
    });
    /** Σ max(0, f_j − f_y + Δ) or its like, or the sum of the derivatives. */
    const sumOfExcesses = (name: string, margin: number, summand: string): Quantity => ({
      ...sumOf(name, summand),
      step: `float excess = (f - own) + n${margin};
  if (excess > 0.0 || isnan(excess)) { return value + ${summand}; }
  return value;`,
    });
    const largest: Quantity = {
      name: `max${k}`,
      entries,
      none: 'LOWEST',
      step: 'return max(value, f);',
      merge: `return max(whole.max${k}, part.max${k});`,
    };
    const ties: Quantity = {
      ...sumOf(`ties${k}`, '1.0'),
      isRelative: true,
      step: `if (isnan(f)) { return f; }
  return select(value, value + 1.0, f == largest);`,
      merge: `if (isnan(part.ties${k})) { return part.ties${k}; }
  return select(whole.ties${k}, whole.ties${k} + part.ties${k}, part.max${k} == whole.max${k});`,
    };
    const shortfall: Quantity = {
      ...sumOf('shortfall', 'massTimes(weight, largest - f)'),
      isRelative: true,
      merge: `return whole.shortfall + part.shortfall + massTimes(part.mass, whole.max${k} - part.max${k});`,
    };
    return [
      ...(exponentials || isLargestWanted ? [largest] : []),
      ...(exponentials ? [sumOfExponentials(`sum${k}`, 'expOfNegative(f - largest)')] : []),
      ...(isLargestWanted ? [ties] : []),
      ...(moment ? [sumOfExponentials(`moment${k}`, 'f * expOfNegative(f - largest)')] : []),
      // Side by side, so that what sums up two quantities has both or none of these.
      ...(hasSoftLabels && k === 0 ? [{...sumOf('mass', 'weight'), isRelative: true}, shortfall] : []),
      ...(lead ? [sumOf(`lead${k}`, '(own - f) / float(CLASSES)')] : []),
      ...excesses.flatMap(({margin, isSquared}, h) => [
        sumOfExcesses(`excess${k}_${h}`, margin, isSquared ? 'excess * excess' : 'excess'),
        sumOfExcesses(`violated${k}_${h}`, margin, isSquared ? '2.0 * excess' : '1.0'),
      ]),
    ];
  });
}
