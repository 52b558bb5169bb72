import {replaceTable} from '../guideTable.js';
import type {BuiltIns, ClassWeightMeasurement, Measurement, Step} from './measure.js';

const COMMAND = 'npm run docs:builtins';

/** The guide on migrating with its tables made from the measurements. */
export function putIntoGuide(guide: string, {cases, classWeight}: BuiltIns): string {
  const withDefects = replaceTable(guide, 'defects', COMMAND, defects(cases));
  return replaceTable(withDefects, 'class-weight', COMMAND, weighted(classWeight));
}

function defects(cases: readonly Measurement[]): string {
  return [
    '| *case:* logits, the true class in bold | loss | gradient |',
    '|---|---|---|',
    ...cases.flatMap(({title, logits, trueClass, builtIn, replacement}) => [
      `| *${title}:* ${list(logits, trueClass)} | | |`,
      `| \`'${builtIn.name}'\` | ${lossAndGradient(builtIn)} |`,
      `| \`${replacement.name}\` | ${lossAndGradient(replacement)} |`,
    ]),
  ].join('\n');
}

function weighted({byTheFormula, softmaxCrossEntropy, softmax}: ClassWeightMeasurement): string {
  return [
    '| | loss of the batch |',
    '|---|---|',
    `| by the formula | ${byTheFormula} |`,
    `| \`softmax()\` | ${softmax} |`,
    `| \`tf.losses.softmaxCrossEntropy\` | ${softmaxCrossEntropy} |`,
  ].join('\n');
}

function lossAndGradient({loss, gradient}: Step): string {
  return `${number(loss)} | ${list(gradient)}`;
}

function list(values: readonly number[], bold?: number): string {
  return values.map((value, j) => (j === bold ? `**${number(value)}**` : number(value))).join(', ');
}

/** To three digits after the point, with a proper minus sign. */
function number(value: number): string {
  return String(Math.round(value * 1000) / 1000).replace('-', '−');
}
