import Table from 'cli-table3';
import {degrees} from './angles.js';
import type {Outcome} from './training.js';

/** The table that is printed at the end. */
export function formatTable(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: [
      'loss',
      'test accuracy',
      'mean angle\nwithin a class',
      'smallest angle\nbetween classes',
      'seconds',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: {head: [], border: []},
  });
  for (const {contender, testAccuracy, angles, seconds} of outcomes) {
    table.push([
      contender.title,
      formatPercent(testAccuracy),
      formatDegrees(angles.meanWithinClass),
      formatDegrees(angles.smallestBetweenClass),
      seconds.toFixed(1),
    ]);
  }
  return table.toString();
}

export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function formatDegrees(angle: number): string {
  return `${degrees(angle).toFixed(1)}°`;
}
