/** A plugin for typedoc: a link to the playground, which `npm run docs` builds into the site, on every page. */

import {JSX} from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.renderer.hooks.on('sidebar.begin', (context) =>
    JSX.createElement(
      'a',
      {class: 'playground', href: context.relativeURL('playground/index.html')},
      'Playground: losses side by side',
    ),
  );
}
