import {describe, expect, it} from 'vitest';
import {angleStatistics} from './angles.js';
import {CLASS_COLOURS} from './appearance.js';
import {contenders} from './contenders.js';
import {CLASSES} from './digits.js';
import {drawPicture} from './picture.js';
import type {Outcome} from './training.js';

const PER_CLASS = 5;
const labels = Array.from({length: CLASSES * PER_CLASS}, (_, index) => index % CLASSES);

/** Each class on a ray of its own, at the lengths 1 to 5, and the classes 36° apart. */
const rays = labels.map((label, index) => {
  const radians = (2 * Math.PI * label) / CLASSES;
  const length = 1 + Math.floor(index / CLASSES);
  return [length * Math.cos(radians), length * Math.sin(radians)];
});

function outcomesFor(features: number[][]): Outcome[] {
  return contenders.map((contender, index) => ({
    contender,
    features,
    angles: angleStatistics(features, labels, CLASSES),
    testAccuracy: 0.9 + index / 100,
    seconds: 1,
  }));
}

function texts(svg: string): string[] {
  return Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text!);
}

/** The paths that draw the dots of a class. */
function clouds(svg: string): string[] {
  return Array.from(svg.matchAll(/<path [^>]*stroke-linecap="round"[^>]*>/g), ([path]) => path);
}

/** The centres of the dots, in pixels from the corner of the panel. */
function dotsOf(path: string): number[][] {
  return Array.from(path.matchAll(/M(-?[\d.]+),(-?[\d.]+)Z/g), ([, x, y]) => [Number(x), Number(y)]);
}

describe('drawPicture', () => {
  it('has a panel per loss with its accuracy, and a bar per loss with its angle', async () => {
    const words = texts(await drawPicture(outcomesFor(rays), labels));
    for (const [index, {title}] of contenders.entries()) {
      expect(words.filter((text) => text === title)).toHaveLength(2);
      expect(words).toContain(`9${index}.0 % test accuracy`);
    }
    expect(words.filter((text) => text === '0.0°')).toHaveLength(contenders.length);
  });

  it('draws every digit once, in the colour of its class', async () => {
    const paths = clouds(await drawPicture(outcomesFor(rays), labels));
    expect(paths).toHaveLength(contenders.length * CLASSES);
    for (const [index, path] of paths.entries()) {
      expect(dotsOf(path)).toHaveLength(PER_CLASS);
      expect(path).toContain(`stroke="${CLASS_COLOURS[index % CLASSES]}"`);
    }
  });

  it('has the origin at the centre and the same scale on both axes', async () => {
    const [ofZero, ...others] = clouds(await drawPicture(outcomesFor(rays), labels)).map(dotsOf);
    const [nearest, , , , farthest] = ofZero!;
    const [centreX, centreY] = [138, 138];
    expect(nearest![1]).toBeCloseTo(centreY, 5);
    const unit = nearest![0]! - centreX;
    expect(farthest![0]! - centreX).toBeCloseTo(5 * unit, 0);
    for (const [index, points] of others.slice(0, CLASSES - 1).entries()) {
      const radians = (2 * Math.PI * (index + 1)) / CLASSES;
      expect(points[4]![0]! - centreX).toBeCloseTo(5 * unit * Math.cos(radians), 0);
      expect(centreY - points[4]![1]!).toBeCloseTo(5 * unit * Math.sin(radians), 0);
    }
  });

  it('names each class beyond its dots, and inside the panel', async () => {
    const svg = await drawPicture(outcomesFor(rays), labels);
    for (let digit = 0; digit < CLASSES; digit++) {
      const places = Array.from(
        svg.matchAll(new RegExp(`<text[^>]*translate\\(([\\d.]+),([\\d.]+)\\)[^>]*>${digit}</text>`, 'g')),
        ([, x, y]) => [Number(x), Number(y)],
      );
      // Twice a panel: the halo and the number on it.
      expect(places).toHaveLength(2 * contenders.length);
      for (const [x, y] of places) {
        expect(Math.hypot(x! - 138, y! - 138)).toBeGreaterThan(112);
        expect(Math.max(x!, y!)).toBeLessThan(276);
      }
    }
  });

  it('draws features that are all 0 without a number that is none', async () => {
    const svg = await drawPicture(outcomesFor(rays.map(() => [0, 0])), labels);
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('Infinity');
    expect(clouds(svg)).toHaveLength(contenders.length * CLASSES);
  });

  it('stays small enough for a README with all test digits', async () => {
    const many = Array.from({length: 40}, () => rays).flat();
    const manyLabels = Array.from({length: 40}, () => labels).flat();
    const outcomes = outcomesFor(rays).map((outcome) => ({...outcome, features: many}));
    expect((await drawPicture(outcomes, manyLabels)).length).toBeLessThan(400_000);
  });
});
