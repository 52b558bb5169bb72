/** `npm run docs:playground`: the picture of the playground in the README, a screenshot in docs/images/. */

import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {launchWithoutWebgl, servePlayground} from '../../examples/playground/test/openPlayground.js';
import {chromiumLaunch} from '../chromium.js';

const STEPS = 1000;
const file = fileURLToPath(new URL('../../docs/images/playground.png', import.meta.url));

const launch = chromiumLaunch();
if (!launch) throw new Error('there is no Chromium; install one, or name it with CHROMIUM_PATH');
const [served, browser] = [await servePlayground(), await launchWithoutWebgl(launch)];
try {
  const page = await browser.newPage({viewport: {width: 1180, height: 1130}});
  await page.goto(served.url);
  await page.getByTestId('status').getByText(`step ${STEPS},`).waitFor({timeout: 300_000});
  await page.screenshot({path: file});
  console.log(`Wrote ${relative(process.cwd(), file)}`);
} finally {
  await browser.close();
  await served.close();
}
