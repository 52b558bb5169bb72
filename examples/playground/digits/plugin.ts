import type {Plugin} from 'vite';
import {DIGITS_FILE} from './format.js';
import {packDigits} from './pack.js';

/** Puts the file of the digits beside the page, in the development server and in the build. */
export function digitsPlugin(): Plugin {
  return {
    name: 'digits',
    configureServer({middlewares}) {
      const packed = packDigits();
      middlewares.use(`/${DIGITS_FILE}`, (_request, response) => response.end(packed));
    },
    generateBundle() {
      this.emitFile({type: 'asset', fileName: DIGITS_FILE, source: packDigits()});
    },
  };
}
