import {SIDE} from '../../quickstart/size.js';
import type {Point, Stroke} from '../drawing/image.js';

/** From this grey value on a pixel is ink. */
const INK = 0.4;
/** A run of more pixels than this is a line that goes across. */
const ACROSS = 4;

/** Pixels of ink side by side. */
interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** The lines of a digit as strokes, in pixels: down the middles of its runs, from where lines meet to where they meet again, and across. */
export function trace(image: ArrayLike<number>): Stroke[] {
  const runs = Array.from({length: SIDE}, (_, row) => runsIn(image, row)).flat();
  const below = (run: Run) => runs.filter((other) => touches(run, other));
  const above = (run: Run) => runs.filter((other) => touches(other, run));
  const isJoint = (run: Run) => above(run).length !== 1 || below(run).length !== 1;
  const followed = (run: Run): Run[] => (isJoint(run) ? [run] : [run, ...followed(below(run)[0]!)]);
  const down = runs
    .filter(isJoint)
    .flatMap((joint) => below(joint).map((next) => [joint, ...followed(next)]));
  return [...down.map((path) => path.map(middle)), ...runs.filter(isAcross).map(ends)];
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

function touches(run: Run, below: Run): boolean {
  return below.row === run.row + 1 && below.from <= run.to && run.from <= below.to;
}

function middle({row, from, to}: Run): Point {
  return {x: (from + to + 1) / 2, y: row + 0.5};
}

function isAcross({from, to}: Run): boolean {
  return to - from >= ACROSS;
}

/** The line keeps half a pen's width from both ends. */
function ends({row, from, to}: Run): Stroke {
  return [
    {x: from + 1.5, y: row + 0.5},
    {x: to - 0.5, y: row + 0.5},
  ];
}
