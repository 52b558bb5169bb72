import type {Point, Stroke} from './image.js';

const FULL_TURN = 2 * Math.PI;

/** Drawings of what is no digit, in a square of 0 to 100. */
export const SHAPES: Readonly<Record<string, readonly Stroke[]>> = {
  triangle: [line(50, 5, 95, 90, 5, 90, 50, 5)],
  star: [
    Array.from({length: 6}, (_, corner) => {
      const angle = (2 * corner * FULL_TURN) / 5;
      return {x: 50 + 50 * Math.sin(angle), y: 50 - 50 * Math.cos(angle)};
    }),
  ],
  house: [line(5, 95, 5, 45, 50, 5, 95, 45, 95, 95, 5, 95)],
  smiley: [
    circle(50, 50, 48, 0, FULL_TURN),
    line(35, 35, 35, 42),
    line(65, 35, 65, 42),
    circle(50, 52, 26, 0.1 * FULL_TURN, 0.4 * FULL_TURN),
  ],
  A: [line(5, 95, 50, 5, 95, 95), line(25, 60, 75, 60)],
  M: [line(5, 95, 10, 5, 50, 60, 90, 5, 95, 95)],
  '#': [line(35, 5, 30, 95), line(70, 5, 65, 95), line(5, 35, 95, 35), line(5, 68, 95, 68)],
};

/** The shape as a hand would draw it: turned, stretched and placed a little otherwise each time. */
export function drawnByHand(strokes: readonly Stroke[], random: () => number = Math.random): Stroke[] {
  const about = (value: number, spread: number) => value + spread * (2 * random() - 1);
  const [turn, wide, high, slant] = [about(0, 0.12), about(1, 0.12), about(1, 0.12), about(0, 0.1)];
  return strokes.map((stroke) =>
    stroke.map(({x, y}) => {
      const [dx, dy] = [wide * (x - 50) + slant * (y - 50), high * (y - 50)];
      return {
        x: about(50 + 0.8 * (dx * Math.cos(turn) - dy * Math.sin(turn)), 1),
        y: about(50 + 0.8 * (dx * Math.sin(turn) + dy * Math.cos(turn)), 1),
      };
    }),
  );
}

function line(...coordinates: number[]): Stroke {
  return Array.from(
    {length: coordinates.length / 2},
    (_, i): Point => ({
      x: coordinates[2 * i]!,
      y: coordinates[2 * i + 1]!,
    }),
  );
}

function circle(x: number, y: number, radius: number, from: number, to: number): Stroke {
  return Array.from({length: 25}, (_, i): Point => {
    const angle = from + ((to - from) * i) / 24;
    return {x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle)};
  });
}
