import {type AnnealedLambdaOptions, annealedLambda, psi} from '../../src/index.js';
import {angleAxis, type Curve, type Label, type Panel, steps} from './style.js';

const M = 4;

/** What λ does to the target logit, and how it falls in the recipes of the original implementations. */
export function lambdaPanels(): Panel[] {
  return [
    {
      title: 'Target logit',
      subtitle: `(λ cos θ + ψ(θ)) / (1 + λ), m = ${M}`,
      x: angleAxis('θ'),
      y: {title: 'target logit / (‖W_y‖‖x‖)', domain: [-7, 1], values: [1, -1, -3, -5, -7]},
      curves: [0, 1, 5, 20, 1000].map(
        (lambda): Curve => ({
          name: `λ = ${lambda}`,
          points: steps(0, Math.PI, 240).map((theta) => ({x: theta, y: blend(theta, lambda)})),
          label: {x: Math.PI, dx: 7, dy: lambda === 1000 ? -4 : 4},
        }),
      ),
    },
    {
      title: 'Schedules',
      subtitle: 'λ after t training steps',
      x: {title: 't', domain: [1, 30_000], type: 'log', values: [1, 10, 100, 1000, 10_000]},
      y: {title: 'λ(t)', domain: [0.1, 1000], type: 'log', values: [0.1, 1, 10, 100, 1000]},
      curves: [
        schedule('tfjs-losses', {}, {x: 300, dx: 4, dy: 16}),
        schedule(
          'SphereFace',
          {base: 1000, gamma: 0.12, power: 1, min: 5},
          {x: 60, dx: -8, dy: 6, align: 'right'},
        ),
        schedule(
          'MNIST',
          {base: 1000, gamma: 2.5e-5, power: 35, min: 0},
          {x: 11000, dx: -14, dy: -24, align: 'right'},
        ),
        schedule(
          'CIFAR-10',
          {base: 1000, gamma: 2e-5, power: 45, min: 0},
          {x: 3000, dx: -10, dy: 0, align: 'right'},
        ),
        schedule('CIFAR-10+', {base: 1000, gamma: 1e-5, power: 45, min: 0}, {x: 9000, dx: 10, dy: 0}),
      ],
    },
  ];
}

function blend(theta: number, lambda: number): number {
  return (lambda * Math.cos(theta) + psi(theta, M)) / (1 + lambda);
}

function schedule(name: string, options: AnnealedLambdaOptions, label: Label): Curve {
  const lambda = annealedLambda(options);
  const times = steps(0, Math.log(30_000), 240).map(Math.exp);
  return {name, points: times.map((t) => ({x: t, y: lambda(t)})), label};
}
