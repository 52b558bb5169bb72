import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {chromium} from 'playwright';
import {chromiumLaunch} from '../scripts/chromium.js';
import type {measure, Plan, Series} from './measure.js';
import type {Measured} from './record.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Carries out plans in a headless Chromium, each in a page of its own. */
export async function measureInBrowser(
  plans: readonly Plan[],
  announce: (what: string) => void,
): Promise<Measured> {
  const launch = chromiumLaunch();
  if (!launch) throw new Error('there is no Chromium; install one, or name it with CHROMIUM_PATH');
  const [server, browser] = [await serve(await bundle()), await chromium.launch(launch)];
  try {
    const series: Series[] = [];
    for (const plan of plans) {
      const page = await browser.newPage();
      await page.exposeFunction('announce', announce);
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`);
      series.push(
        ...(await page.evaluate((given) => {
          const {benchmark, announce} = globalThis as unknown as {
            benchmark: typeof measure;
            announce: (what: string) => void;
          };
          return benchmark(given, announce);
        }, plan)),
      );
      await page.close();
    }
    return {series, versions: {chromium: browser.version()}};
  } finally {
    await browser.close();
    server.close();
  }
}

async function bundle(): Promise<string> {
  const {outputFiles} = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    // That of the root: the one beside the page would take the source for the package.
    tsconfig: `${root}tsconfig.json`,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

/** On localhost, since WebGPU is for secure contexts only. */
async function serve(script: string) {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}
