import {execFile} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {promisify} from 'node:util';
import type {BrowserContext} from 'playwright';
import {root} from '../docs/pages.js';

const CDN = 'https://cdn.jsdelivr.net/npm/';
const PAGE = 'https://page.test/';

/** A content delivery network that has what is in node_modules and the package as built, and no network behind it. */
export interface Cdn {
  /** Opens a page with this text. What it asks for and does not get is among its failed requests. */
  open(context: BrowserContext, html: string): ReturnType<BrowserContext['newPage']>;
  remove(): Promise<void>;
}

/** Builds the package into a folder of its own. */
export async function localCdn(): Promise<Cdn> {
  const dist = await mkdtemp(join(tmpdir(), 'tfjs-losses-dist-'));
  await promisify(execFile)('npx', ['tsup', '--no-dts', '--no-clean', '--silent', '--out-dir', dist], {
    cwd: root,
    shell: process.platform === 'win32',
  });

  /** The file that the network has at `name@version/path`; the entry that the package names for it, without a path. */
  const fileAt = (address: string): string | undefined => {
    const {name, version, path} = /^(?<name>(?:@[^/]+\/)?[^@/]+)@(?<version>[^/]+)\/?(?<path>.*)$/.exec(
      address,
    )!.groups!;
    const isOwn = name === 'tfjs-losses';
    const folder = isOwn ? root : join(root, 'node_modules', name!);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file: string | undefined = path || manifest.jsdelivr;
    if (manifest.version !== version || !file) return undefined;
    return isOwn ? join(dist, relative('dist', file)) : join(folder, file);
  };

  return {
    async open(context, html) {
      const page = await context.newPage();
      await page.route('**/*', async (route) => {
        const url = route.request().url();
        if (url === PAGE) return route.fulfill({contentType: 'text/html', body: html});
        if (!url.startsWith(CDN)) return route.abort();
        const path = fileAt(url.slice(CDN.length));
        if (!path || !existsSync(path)) return route.abort();
        const headers = {'access-control-allow-origin': '*'};
        return route.fulfill({path, headers});
      });
      await page.goto(PAGE);
      return page;
    },
    remove: () => rm(dist, {recursive: true}),
  };
}
