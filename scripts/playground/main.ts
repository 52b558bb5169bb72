/** `npm run docs:playground`: the picture of the playground in the README, a screenshot in docs/images/. */

import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {launchWithoutWebgl, servePlayground} from '../../examples/playground/test/openPlayground.js';
import {chromiumLaunch} from '../chromium.js';

const STEPS = 1000;
const WIDTH = 1180;
const file = fileURLToPath(new URL('../../docs/images/playground.png', import.meta.url));

const launch = chromiumLaunch();
if (!launch) throw new Error('there is no Chromium; install one, or name it with CHROMIUM_PATH');
const [served, browser] = [await servePlayground(), await launchWithoutWebgl(launch)];
try {
  const page = await browser.newPage({viewport: {width: WIDTH, height: 1400}});
  await page.goto(served.url);
  await page.getByTestId('status').getByText(`step ${STEPS},`).waitFor({timeout: 300_000});
  const {y} = (await page.getByText('Add a term').first().boundingBox())!;
  await page.screenshot({path: file, clip: {x: 0, y: 0, width: WIDTH, height: y}});
  console.log(`Wrote ${relative(process.cwd(), file)}`);
} finally {
  await browser.close();
  await served.close();
}
