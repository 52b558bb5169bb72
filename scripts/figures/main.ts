/** Draws the figures of the guides, from the library's own functions, into docs/images/. */

import {mkdirSync, writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {anglePanels} from './angles.js';
import {lambdaPanels} from './lambda.js';
import {logitPanels} from './logits.js';
import {psiPanels} from './psi.js';
import {draw} from './style.js';
import {targetPanels} from './targets.js';

await tf.setBackend('cpu');
const figures = {
  psi: psiPanels,
  targets: targetPanels,
  logits: logitPanels,
  angles: anglePanels,
  lambda: lambdaPanels,
};
const folder = new URL('../../docs/images/', import.meta.url);
mkdirSync(folder, {recursive: true});
for (const [name, panels] of Object.entries(figures)) {
  writeFileSync(new URL(`${name}.svg`, folder), await draw(panels()));
  console.log(`wrote docs/images/${name}.svg`);
}
