import {PIXELS, SIDE} from '../../quickstart/size.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The line that a pen leaves between down and up, in any unit. */
export type Stroke = readonly Point[];

/** The larger side of a digit of MNIST, in pixels of its image; … */
const BOX = 20;
/** … how wide its lines are, … */
const PEN = 1.9;
/** … and over how many pixels they fade. */
const FADE = 1.4;

/**
 * A drawing as MNIST has its digits: scaled to a box of 20 × 20 pixels, its lines of one width whatever its size, and its
 * centre of mass in the middle of 28 × 28 grey values from 0 to 1. Null if nothing is drawn.
 */
export function imageOf(strokes: readonly Stroke[]): Float32Array | null {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const [left, right] = extent(points.map(({x}) => x));
  const [top, bottom] = extent(points.map(({y}) => y));
  const scale = (BOX - PEN) / (Math.max(right - left, bottom - top) || 1);
  const middle = SIDE / 2;
  const fitted = strokes.map((stroke) =>
    stroke.map(({x, y}) => ({
      x: middle + scale * (x - (left + right) / 2),
      y: middle + scale * (y - (top + bottom) / 2),
    })),
  );
  const {x, y} = centreOfMass(render(fitted));
  return render(fitted.map((stroke) => stroke.map((p) => ({x: p.x + middle - x, y: p.y + middle - y}))));
}

/** Every pixel is as dark as the nearest line is near. */
function render(strokes: readonly Stroke[]): Float32Array {
  const segments = strokes.flatMap((stroke) =>
    stroke.map((point, i) => [point, stroke[i + 1] ?? point] as const),
  );
  return Float32Array.from({length: PIXELS}, (_, i) => {
    const centre = {x: (i % SIDE) + 0.5, y: Math.floor(i / SIDE) + 0.5};
    const distance = Math.min(...segments.map(([from, to]) => distanceTo(from, to, centre)));
    return clamp(0.5 + (PEN / 2 - distance) / FADE);
  });
}

function distanceTo(from: Point, to: Point, {x, y}: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = clamp(((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1));
  return Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
}

function centreOfMass(image: Float32Array): Point {
  const sum = (weight: (i: number) => number) => image.reduce((total, ink, i) => total + ink * weight(i), 0);
  const ink = sum(() => 1);
  return {x: sum((i) => (i % SIDE) + 0.5) / ink, y: sum((i) => Math.floor(i / SIDE) + 0.5) / ink};
}

function extent(values: readonly number[]): [least: number, largest: number] {
  return [Math.min(...values), Math.max(...values)];
}

function clamp(share: number): number {
  return Math.max(0, Math.min(1, share));
}
