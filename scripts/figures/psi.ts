import {psi} from '../../src/index.js';
import {angleAxis, type Curve, type Panel, steps} from './style.js';

const margins = [1, 2, 3, 4];
const name = (m: number) => (m === 1 ? 'cos θ' : `m = ${m}`);
const psiAxis = {title: 'ψ', domain: [-7, 1], values: [1, -1, -3, -5, -7]} as const;

/** ψ for m = 1 … 4, against the angle and against its cosine; at m = 1 it is the cosine. */
export function psiPanels(): Panel[] {
  return [
    {
      title: 'ψ against the angle',
      x: angleAxis('θ'),
      y: psiAxis,
      curves: margins.map(
        (m): Curve => ({
          name: name(m),
          points: steps(0, Math.PI, 240).map((theta) => ({x: theta, y: psi(theta, m)})),
          label: {x: Math.PI, dx: 7, dy: 0},
        }),
      ),
    },
    {
      title: 'ψ against the cosine',
      x: {title: 'c = cos θ', domain: [-1, 1], values: [-1, -0.5, 0, 0.5, 1]},
      y: psiAxis,
      curves: margins.map(
        (m): Curve => ({
          name: name(m),
          // Evenly spaced angles, so that the curve has points enough where it is steep.
          points: steps(0, Math.PI, 240).map((theta) => ({x: Math.cos(theta), y: psi(theta, m)})),
          label: {x: -0.75, dx: 8, dy: 12},
        }),
      ),
    },
  ];
}
