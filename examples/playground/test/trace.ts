import {SIDE} from '../../quickstart/size.js';
import type {Stroke} from '../drawing/image.js';

/** From this grey value on a pixel is ink. */
const INK = 0.4;

interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** The lines of a digit, as strokes in pixels: the middles of the runs of ink in each row, joined to those that they touch below. */
export function trace(image: ArrayLike<number>): Stroke[] {
  const runs = Array.from({length: SIDE}, (_, row) => runsIn(image, row)).flat();
  return runs.flatMap((run) => [
    along(run),
    ...runs.filter((below) => touches(run, below)).map((below) => [middle(run, below), middle(below, run)]),
  ]);
}

function runsIn(image: ArrayLike<number>, row: number): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < SIDE; column++) {
    if (image[row * SIDE + column]! < INK) continue;
    const last = runs.at(-1);
    if (last?.to === column - 1) runs[runs.length - 1] = {...last, to: column};
    else runs.push({row, from: column, to: column});
  }
  return runs;
}

/** A long run is a line that goes across: it keeps half a pen's width from both ends. */
function along({row, from, to}: Run): Stroke {
  const inset = Math.min(1.5, (to - from) / 2);
  return [
    {x: from + inset + 0.5, y: row + 0.5},
    {x: to - inset + 0.5, y: row + 0.5},
  ];
}

function touches(run: Run, below: Run): boolean {
  return below.row === run.row + 1 && below.from <= run.to && run.from <= below.to;
}

/** The middle of what one run has in common with another. */
function middle(run: Run, other: Run) {
  const [from, to] = [Math.max(run.from, other.from - 2), Math.min(run.to, other.to + 2)];
  return {x: (from + to) / 2 + 0.5, y: run.row + 0.5};
}
