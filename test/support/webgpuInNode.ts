/** Gives Node the WebGPU of a browser, from the npm package `webgpu`. */

import {create, globals} from 'webgpu';

Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {value: {gpu: create(['backend=vulkan'])}});
