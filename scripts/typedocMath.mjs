/**
 * A plugin for typedoc: typesets `` $`…`$ `` and ```math blocks with KaTeX, whose style sheet and fonts are copied into the site. A
 * formula that KaTeX cannot read is an error.
 */

import {cpSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import markdownItKatex from '@vscode/markdown-it-katex';
import katex from 'katex';
import {Application, RendererEvent} from 'typedoc';

const styleSheet = fileURLToPath(import.meta.resolve('katex/dist/katex.min.css'));
const fonts = join(styleSheet, '../fonts');

/** Characters that KaTeX does not know, or takes for something else. */
const macros = {'‖': '\\Vert', '·': '\\cdot'};

/** @param {import('typedoc').Application} app */
export function load(app) {
  const renderToString = (/** @type {string} */ tex, /** @type {import('katex').KatexOptions} */ options) => {
    try {
      return katex.renderToString(tex, {
        ...options,
        macros,
        strict: 'error',
        throwOnError: true,
      });
    } catch (error) {
      app.logger.error(`cannot typeset ${tex.trim()}\n${error}`);
      return tex;
    }
  };
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('markdownItLoader', (parser) => {
      markdownItKatex.default(parser, {enableFencedBlocks: true, katex: {renderToString}});
    });
  });
  app.renderer.on(RendererEvent.END, ({outputDirectory}) => {
    const folder = join(outputDirectory, 'assets/katex');
    cpSync(styleSheet, join(folder, basename(styleSheet)));
    cpSync(fonts, join(folder, 'fonts'), {
      recursive: true,
      filter: (file) => file === fonts || file.endsWith('.woff2'),
    });
  });
}
