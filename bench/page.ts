/** What runs in the browser: browser.ts calls `benchmark` from outside. */

import '@tensorflow/tfjs-backend-webgpu';
import {measure} from './measure.js';

Object.assign(globalThis, {benchmark: measure});
