/** The pages of the README and the guide, as they stand there, in a real browser. */

import {type Browser, type BrowserContext, chromium} from 'playwright';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import manifest from '../../package.json' with {type: 'json'};
import {chromiumLaunch} from '../../scripts/chromium.js';
import {read} from '../docs/pages.js';
import {type Cdn, localCdn} from './cdn.js';

const launch = chromiumLaunch();
const reason =
  'plain pages are not tested here: there is no Chromium; install one, or name it with CHROMIUM_PATH';
if (!launch) it.skip(reason, () => {});

/** The blocks of HTML of a page of the docs. */
const htmlIn = (file: string): string[] =>
  [...read(file).matchAll(/^```html\n([\s\S]*?)^```$/gm)].map(([, html]) => html!);

const [tags, backendTags, importMap] = htmlIn('docs/plain-page.md') as [string, string, string];
const [readme] = htmlIn('README.md') as [string];

/** A program that trains in the page. */
const training = (backend: string) => `(async () => {
  const {asoftmax, combined, hinge, Loss, lsoftmax, marginDense} = tfjsLosses;
  if (!(await tf.setBackend('${backend}'))) return null;
  const features = tf.tensor2d([[1, 0], [-1, 1], [-1, -1]]);
  const labels = tf.oneHot([0, 1, 2], 3);
  const loss = combined([[0.25, hinge()], [0.65, lsoftmax({m: 4})], [0.34, asoftmax({m: 4})]]);
  const kernelInitializer = tf.initializers.glorotNormal({seed: 1});
  const model = tf.sequential({layers: [marginDense({units: 3, inputShape: [2], kernelInitializer})]});
  model.compile({optimizer: tf.train.adam(0.1), loss, metrics: ['accuracy']});
  const {history} = await model.fit(features, labels, {epochs: 30, verbose: 0});
  const {kernelNames} = await tf.profile(() => loss(labels, model.apply(features)));
  return {
    backend: tf.getBackend(),
    losses: history.loss,
    accuracy: history.acc.at(-1),
    isLoss: loss instanceof Loss,
    hasOwnKernels: kernelNames.some((name) => /^tfjs-losses\\/\\d+\\/loss$/.test(name)),
  };
})()`;

interface Outcome {
  readonly backend: string;
  readonly losses: readonly number[];
  readonly [fact: string]: unknown;
}

describe.skipIf(!launch)('a plain page', () => {
  let cdn: Cdn;
  let browser: Browser;
  let context: BrowserContext;
  /** What the pages complained of, but for tfjs's advice. */
  let complaints: string[];

  beforeAll(async () => {
    [cdn, browser] = await Promise.all([localCdn(), chromium.launch(launch!)]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await cdn.remove();
  });
  beforeEach(async () => {
    complaints = [];
    context = await browser.newContext();
    context.on('weberror', (error) => complaints.push(error.error().message));
    context.on('requestfailed', (request) => complaints.push(`no ${request.url()}`));
  });
  afterEach(() => context.close());

  it('names the versions that there are', () => {
    const own = [...(read('docs/plain-page.md') + readme).matchAll(/tfjs-losses@([\d.]+)/g)];
    expect(new Set(own.map(([, version]) => version))).toEqual(new Set([manifest.version]));
  });

  it.each([
    ['script tags', tags],
    ['an import map', importMap],
  ])('trains as the guide has it, with %s', async (_, html) => {
    const page = await cdn.open(context, html);
    const text = page.locator('p:not(:empty)');
    expect(await text.textContent({timeout: 20_000})).toBe('accuracy 1');
    expect(complaints).toEqual([]);
  });

  it('has everything with the tags of the README', async () => {
    const page = await cdn.open(context, readme);
    const exported = await page.evaluate('Object.keys(tfjsLosses)');
    expect(exported).toEqual(expect.arrayContaining(['Loss', 'combined', 'marginDense']));
    expect(complaints).toEqual([]);
  });

  it.each(['cpu', 'webgl', 'wasm', 'webgpu'])('trains on %s', async (backend) => {
    const page = await cdn.open(context, backendTags);
    const {losses, ...facts} = await page.evaluate<Outcome>(training(backend));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(facts).toEqual({backend, accuracy: 1, isLoss: true, hasOwnKernels: true});
    expect(complaints).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['tfjs-core alone', '<script>globalThis.tf = {tensor() {}}</script>'],
  ])('says what is missing after %s', async (_, before) => {
    await cdn.open(
      context,
      before + tags.slice(tags.indexOf('<script src="https://cdn.jsdelivr.net/npm/tfjs-losses')),
    );
    expect(complaints[0]).toContain('tfjs-losses: load tf.min.js first');
  });
});
