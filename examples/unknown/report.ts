import Table from 'cli-table3';
import type {Comparison} from 'tfjs-losses/recognition';
import {STRANGERS} from './data.js';
import type {Meeting, Outcome} from './unknown.js';

/** What became of the images of one digit, as shares from 0 to 1. */
export interface Shares {
  readonly right: number;
  readonly refused: number;
  readonly wrong: number;
}

/** The shares of the images whose digits are among these. */
export function sharesOf({labels, answers}: Meeting, digits: readonly string[]): Shares {
  const own = answers.filter((_, i) => digits.includes(labels[i]!));
  const truth = labels.filter((label) => digits.includes(label));
  const share = (counts: (i: number) => boolean) => own.filter((_, i) => counts(i)).length / own.length;
  return {
    right: share((i) => own[i]!.label === truth[i]),
    refused: share((i) => own[i]!.label === null),
    wrong: share((i) => own[i]!.label !== null && own[i]!.label !== truth[i]),
  };
}

/** A row for each digit: what was said of it, before the four were enrolled and after. */
export function formatMeetings({before, after}: Outcome): string {
  const table = new Table({
    head: ['digit', '', 'right', 'unknown', 'wrong', 'enrolled:', 'right', 'unknown', 'wrong'],
    colAligns: ['right', 'left', 'right', 'right', 'right', 'left', 'right', 'right', 'right'],
    style: {head: [], border: []},
  });
  for (let digit = 0; digit < 10; digit++) {
    const label = String(digit);
    const isStranger = STRANGERS.includes(digit);
    table.push([
      label,
      isStranger ? 'stranger' : 'known',
      ...cells(sharesOf(before, [label])),
      isStranger ? 'enrolled' : 'known',
      ...cells(sharesOf(after, [label])),
    ]);
  }
  return table.toString();
}

/** How well each score tells known digits from strangers. */
export function formatComparison({scores, best}: Comparison): string {
  const table = new Table({
    head: ['score', 'AUROC', 'FPR95', 'OSCR', ''],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: {head: [], border: []},
  });
  for (const [name, {auroc, fpr95, oscr}] of Object.entries(scores)) {
    table.push([name, auroc.toFixed(3), fpr95.toFixed(3), oscr.toFixed(3), name === best ? 'best' : '']);
  }
  return table.toString();
}

export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function cells({right, refused, wrong}: Shares): string[] {
  return [right, refused, wrong].map(formatPercent);
}
