/** A plugin for typedoc: pages of prose form a group of their own, and go by their headings in place of their file names. */

import {Converter} from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const text = document.content.map((part) => part.text).join('');
    const heading = /^# (.+)$/m.exec(text)?.[1];
    if (heading === undefined) throw new Error(`${document.name}: a page must have a heading`);
    document.name = heading;
    document.frontmatter.group = 'Guides';
  });
}
