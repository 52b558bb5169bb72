import type {Tensor, Tensor2D} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {marginDense} from 'tfjs-losses';
import {PIXELS, SIDE} from '../../quickstart/size.js';

/** How many features the last layer that recognises drawings has. */
const WIDE = 64;

export interface NetworkOptions {
  readonly classes: number;
  /** Whether the last layers rank classes by angle alone. */
  readonly normalizeKernel: boolean;
  /** Decides the weights. */
  readonly seed: number;
}

/**
 * One network with two last layers, both trained with the same loss: one on 2 features, which are the picture, and one on 64,
 * which recognises drawings. Two numbers hold too little to tell what is no digit from what is one.
 */
export interface Network {
  /** Logits of both last layers. */
  readonly whole: LayersModel;
  /** 2-D features, and their logits. */
  readonly picture: LayersModel;
  /** Logits of the 64 features. */
  readonly wide: LayersModel;
}

/** It looks at the digits in half their resolution, which is enough, and a quarter of the work. */
export function buildNetwork({classes, normalizeKernel, seed}: NetworkOptions): Network {
  const {heNormal, glorotNormal} = initializers;
  const image = input({shape: [PIXELS]});
  const then = (layer: layers.Layer, x: SymbolicTensor) => layer.apply(x) as SymbolicTensor;
  const dense = (units: number, place: number, x: SymbolicTensor, activation?: 'relu') =>
    then(
      layers.dense({
        units,
        kernelInitializer: (activation ? heNormal : glorotNormal)({seed: seed + place}),
        ...(activation && {activation}),
      }),
      x,
    );
  const head = (place: number, x: SymbolicTensor) =>
    then(
      marginDense({units: classes, normalizeKernel, kernelInitializer: glorotNormal({seed: seed + place})}),
      x,
    );

  const square = then(layers.reshape({targetShape: [SIDE, SIDE, 1]}), image);
  const half = then(layers.flatten(), then(layers.averagePooling2d({poolSize: 2}), square));
  const hidden = dense(128, 0, half, 'relu');
  const wide = dense(WIDE, 1, hidden);
  const wideLogits = head(2, wide);
  const two = dense(2, 4, dense(64, 3, hidden, 'relu'));
  const twoLogits = head(5, two);
  return {
    whole: model({inputs: image, outputs: [twoLogits, wideLogits]}),
    picture: model({inputs: image, outputs: [two, twoLogits]}),
    wide: model({inputs: image, outputs: wideLogits}),
  };
}

/** The 2-D features of images, and their logits with the geometry that losses read, which `predict` would lose. */
export function pictureOf({picture}: Network, images: Tensor): [features: Tensor2D, logits: Tensor2D] {
  return picture.apply(images) as [Tensor2D, Tensor2D];
}
