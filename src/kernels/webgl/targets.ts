import type {TensorInfo} from '@tensorflow/tfjs-core';
import {marginEffect} from '../../margin.js';
import type {MarginTarget, TargetsInputs} from '../contract.js';
import {TARGET_SIZE} from '../gpuState.js';
import {shaderText} from '../shaderText.js';
import {launch, type WebGlBackend} from './program.js';

/** The target logits of every example. */
export function computeTargets(
  backend: WebGlBackend,
  {scores, products, classIds, featureNorms, kernelNorms}: TargetsInputs<TensorInfo>,
  margins: readonly MarginTarget[],
): TensorInfo {
  const [batch, classes] = scores.shape as [number, number];
  return launch(backend, {
    inputs: {scores, products, classIds, featureNorms, kernelNorms},
    uniforms: Object.fromEntries(margins.map(({share}, t) => [`share${t}`, share])),
    shape: [batch, TARGET_SIZE * margins.length],
    text: `
float cosineOf(float product, float lengths) {
  if (lengths == 0.0) return 0.0;
  float cosine = product / lengths;
  return isnan(cosine) ? cosine : clamp(cosine, -1.0, 1.0);
}

void main() {
  ivec2 at = getOutputCoords();
  int margin = at.y / ${TARGET_SIZE};
  int which = at.y - margin * ${TARGET_SIZE};
  int y = int(round(getClassIds(at.x)));
  if (y < 0 || y >= ${classes}) {
    setOutput(NAN);
    return;
  }
  float score = getScores(at.x, y);
  float featureNorm = getFeatureNorms(at.x);
  float kernelNorm = getKernelNorms(y);
  float cosine = cosineOf(getProducts(at.x, y), featureNorm * kernelNorm);
${margins.map(targetText).join('\n')}
}`,
  });
}

function targetText({m, scaled, withKernelNorm}: MarginTarget, t: number): string {
  const {arithmetic, statements} = shaderText((name, expression) => `float ${name} = ${expression};`);
  const {gain, byProduct, byLength} = marginEffect(arithmetic, 'cosine', m, `share${t}`);
  const plain = scaled ? 'score * reciprocal(kernelNorm)' : 'score';
  const length = withKernelNorm ? 'featureNorm * kernelNorm' : 'featureNorm';
  return `  if (margin == ${t}) {
    ${statements.join('\n    ')}
    setOutput(which == 0 ? ${plain} + ${length} * ${gain} : which == 1 ? ${byProduct} : ${byLength});
  }`;
}
