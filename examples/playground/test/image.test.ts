import fc from 'fast-check';
import {expect, it} from 'vitest';
import {loadDigits} from '../../quickstart/digits.js';
import {PIXELS, SIDE} from '../../quickstart/size.js';
import {imageOf, type Stroke} from '../drawing/image.js';
import {drawnByHand, SHAPES} from '../drawing/shapes.js';
import {trace} from './trace.js';

const point = fc.record({
  x: fc.double({min: 0, max: 100, noNaN: true}),
  y: fc.double({min: 0, max: 100, noNaN: true}),
});
const strokes = fc.array(fc.array(point, {minLength: 1, maxLength: 6}), {minLength: 1, maxLength: 4});

function moved(drawing: readonly Stroke[], scale: number, by: number): Stroke[] {
  return drawing.map((stroke) => stroke.map(({x, y}) => ({x: scale * x + by, y: scale * y + by})));
}

it('makes no image of nothing', () => {
  expect(imageOf([])).toBeNull();
});

it('does not care where a drawing is, and how large', () => {
  const before = imageOf(SHAPES.star!)!;
  const after = imageOf(moved(SHAPES.star!, 0.3, 40))!;
  after.forEach((ink, i) => {
    expect(ink).toBeCloseTo(before[i]!, 5);
  });
});

it('has every drawing in the middle, in grey values', () => {
  fc.assert(
    fc.property(strokes, (drawing) => {
      const image = imageOf(drawing)!;
      expect(image).toHaveLength(PIXELS);
      expect(image.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
      const ink = image.reduce((sum, value) => sum + value, 0);
      const x = image.reduce((sum, value, i) => sum + value * ((i % SIDE) + 0.5), 0) / ink;
      expect(Math.abs(x - SIDE / 2)).toBeLessThan(0.6);
    }),
    {numRuns: 30},
  );
});

it('draws a line as wide as those of MNIST, which its digits traced show', () => {
  const {images, labels} = loadDigits();
  const inkOf = (image: Float32Array) => image.reduce((sum, value) => sum + value, 0);
  let [real, traced] = [0, 0];
  for (let place = 0; place < labels.length; place += 200) {
    const image = images.subarray(place * PIXELS, (place + 1) * PIXELS);
    real += inkOf(image);
    traced += inkOf(imageOf(trace(image))!);
  }
  expect(traced / real).toBeGreaterThan(0.9);
  expect(traced / real).toBeLessThan(1.1);
});

it('draws a shape a little otherwise each time', () => {
  expect(drawnByHand(SHAPES.house!)).not.toEqual(drawnByHand(SHAPES.house!));
  expect(drawnByHand(SHAPES.house!, () => 0.5)).toEqual(drawnByHand(SHAPES.house!, () => 0.5));
});
