import {describe, expect, it} from 'vitest';
import {angleBetween, angleStatistics, degrees} from './angles.js';

describe('angleBetween', () => {
  it('is the angle between two vectors, whatever their lengths', () => {
    expect(angleBetween([3, 0], [0, 0.5])).toBeCloseTo(Math.PI / 2, 12);
    expect(angleBetween([1, 1], [5, 0])).toBeCloseTo(Math.PI / 4, 12);
    expect(angleBetween([1, 2, 2], [-2, -4, -4])).toBeCloseTo(Math.PI, 12);
  });

  it('is 0 for parallel vectors whose cosine rounds to more than 1', () => {
    const vector = [0.1, 0.7];
    expect(angleBetween(vector, [0.1 * 3, 0.7 * 3])).toBeCloseTo(0, 7);
    expect(angleBetween(vector, vector)).not.toBeNaN();
  });

  it('is a right angle for the zero vector', () => {
    expect(angleBetween([0, 0], [1, 2])).toBe(Math.PI / 2);
  });
});

describe('angleStatistics', () => {
  it('measures known sectors', () => {
    // Class 0 lies 10° to either side of 0°, class 1 20° to either side of 90°, class 2 exactly at 150°.
    const angles = [-10, 10, 70, 110, 150, 150];
    const features = angles.map((angle, index) => {
      const radians = (angle * Math.PI) / 180;
      return [(index + 1) * Math.cos(radians), (index + 1) * Math.sin(radians)];
    });
    const statistics = angleStatistics(features, [0, 0, 1, 1, 2, 2], 3);
    expect(degrees(statistics.meanWithinClass)).toBeCloseTo((10 + 10 + 20 + 20 + 0 + 0) / 6, 5);
    expect(degrees(statistics.smallestBetweenClass)).toBeCloseTo(60, 5);
    expect(angleBetween(statistics.directions[1]!, [0, 1])).toBeCloseTo(0, 6);
  });

  it('counts a digit at the origin as 90° from its class and leaves the direction of the class alone', () => {
    const statistics = angleStatistics(
      [
        [2, 0],
        [0, 0],
        [0, 1],
      ],
      [0, 0, 1],
      2,
    );
    expect(degrees(statistics.meanWithinClass)).toBeCloseTo(30, 5);
    expect(degrees(statistics.smallestBetweenClass)).toBeCloseTo(90, 5);
  });

  it('refuses a class without examples and labels that do not match', () => {
    expect(() => angleStatistics([[1, 0]], [0], 2)).toThrow(
      'angleStatistics: class 1 has no example; give at least one per class',
    );
    expect(() => angleStatistics([[1, 0]], [0, 1], 2)).toThrow('got 1 vectors and 2 labels');
  });
});
