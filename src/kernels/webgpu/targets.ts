import type {TensorInfo} from '@tensorflow/tfjs-core';
import {marginEffect} from '../../margin.js';
import type {MarginTarget, TargetsInputs} from '../contract.js';
import {TARGET_SIZE} from '../gpuState.js';
import {shaderText} from '../shaderText.js';
import {launch, type WebGpuBackend} from './program.js';

/** The target logits of every example. */
export function computeTargets(
  backend: WebGpuBackend,
  {scores, products, classIds, featureNorms, kernelNorms}: TargetsInputs<TensorInfo>,
  margins: readonly MarginTarget[],
): TensorInfo {
  const batch = scores.shape[0]!;
  return launch(backend, {
    inputs: {scores, products, classIds, featureNorms, kernelNorms},
    uniforms: Object.fromEntries(margins.map(({share}, t) => [`share${t}`, share])),
    shape: [batch, TARGET_SIZE * margins.length],
    invocations: batch,
    text: `
fn cosineOf(product : f32, lengths : f32) -> f32 {
  if (lengths == 0.0) { return 0.0; }
  let cosine = product / lengths;
  return select(clamp(cosine, -1.0, 1.0), cosine, isnan(cosine));
}

fn main(row : i32) {
  if (row >= uniforms.scoresShape[0]) { return; }
  let first = row * ${TARGET_SIZE * margins.length};
  let y = classIds[row];
  if (y < 0 || y >= uniforms.scoresShape[1]) {
    for (var i = 0; i < ${TARGET_SIZE * margins.length}; i++) { result[first + i] = uniforms.NAN; }
    return;
  }
  let at = row * uniforms.scoresShape[1] + y;
  let featureNorm = featureNorms[row];
  let kernelNorm = kernelNorms[y];
  let cosine = cosineOf(products[at], featureNorm * kernelNorm);
${margins.map(targetText).join('\n')}
}`,
  });
}

function targetText({m, scaled, withKernelNorm}: MarginTarget, t: number): string {
  const {arithmetic, statements} = shaderText((name, expression) => `let ${name} = ${expression};`);
  const {gain, byProduct, byLength} = marginEffect(arithmetic, 'cosine', m, `uniforms.share${t}`);
  const plain = scaled ? 'scores[at] * inverse(kernelNorm)' : 'scores[at]';
  const length = withKernelNorm ? 'featureNorm * kernelNorm' : 'featureNorm';
  return `  {
    ${statements.join('\n    ')}
    let target${t} = first + ${TARGET_SIZE * t};
    result[target${t}] = ${plain} + ${length} * ${gain};
    result[target${t} + 1] = ${byProduct};
    result[target${t} + 2] = ${byLength};
  }`;
}
