/** The built page in a real browser: it trains, reads drawings, refuses what it does not know, and learns it. */

import {type Browser, chromium, type Locator, type Page} from 'playwright';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {chromiumLaunch} from '../../../scripts/chromium.js';
import {loadDigits, PIXELS} from '../../quickstart/digits.js';
import {SIDE} from '../../quickstart/size.js';
import type {Stroke} from '../drawing/image.js';
import {drawnByHand, SHAPES} from '../drawing/shapes.js';
import {launchWithoutWebgl, type ServedPlayground, servePlayground} from './openPlayground.js';
import {trace} from './trace.js';

const launch = chromiumLaunch();
const reason =
  'the playground is not tested here: there is no Chromium; install one, or name it with CHROMIUM_PATH';

if (!launch) {
  console.warn(reason);
  it.skip(reason, () => {});
}

describe.skipIf(!launch)('the playground', () => {
  let served: ServedPlayground;
  let browser: Browser;
  let page: Page;
  /** What the pages complained of. */
  const complaints: string[] = [];

  const open = async (inBrowser: Browser, hash: string): Promise<Page> => {
    const opened = await inBrowser.newPage({viewport: {width: 1200, height: 900}});
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    opened.on('pageerror', ({message}) => complaints.push(message));
    await opened.goto(`${served.url}${hash}`);
    return opened;
  };
  const stepOf = async (of: Page) =>
    Number(/step (\d+)/.exec((await of.getByTestId('status').textContent())!)?.[1] ?? -1);
  const trainTo = (step: number, of = page) =>
    expect.poll(() => stepOf(of), {timeout: 60_000, interval: 50}).toBeGreaterThanOrEqual(step);
  const click = (name: string | RegExp) => page.getByRole('button', {name}).click();
  const answers = () => page.locator('.said').allTextContents();
  /** Waits for the answers to what is drawn now. */
  const settled = () => page.locator('.answers[aria-busy=false]').waitFor();
  /** Draws on the pad with the mouse, strokes in a square of this side, and waits for the answers to it. */
  const draw = async (strokes: readonly Stroke[], side: number) => {
    await click('Clear');
    await expect.poll(answers).toEqual(['–', '–']);
    const {x, y, width} = (await page.locator('.pad').boundingBox())!;
    const at = (value: number) => (value * width) / side;
    for (const [first, ...others] of strokes) {
      await page.mouse.move(x + at(first!.x), y + at(first!.y));
      await page.mouse.down();
      for (const point of others) await page.mouse.move(x + at(point.x), y + at(point.y));
      await page.mouse.up();
    }
    await settled();
  };

  beforeAll(async () => {
    [served, browser] = await Promise.all([servePlayground(), launchWithoutWebgl(launch!)]);
    page = await open(browser, '#left=lsoftmax(m=4,lambda=0.7)&right=softmax()&seed=1');
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  it('trains by WebAssembly without WebGL, and the features move', async () => {
    const picture = page.getByRole('img').first();
    await trainTo(0);
    const [before, accuracyBefore] = [await pixelsOf(picture), await accuracyOf(page)];
    await trainTo(200);
    await click('Pause');
    await page.getByRole('button', {name: 'Play'}).waitFor();
    expect(await page.getByTestId('status').textContent()).toContain('on wasm');
    expect(await pixelsOf(picture)).not.toEqual(before);
    expect(accuracyBefore).toBeLessThan(30);
    expect(await accuracyOf(page)).toBeGreaterThan(60);
  });

  it('goes on step by step, and no further', async () => {
    const step = await stepOf(page);
    await click('Step');
    await expect.poll(() => stepOf(page)).toBe(step + 1);
  });

  it('reads digits that are drawn with the mouse', async () => {
    const {images, labels} = loadDigits();
    const [drawn, read]: string[][] = [[], []];
    for (const digit of [0, 1, 2, 4, 7]) {
      // The last of its class, with which nothing is trained or calibrated.
      const place = labels.lastIndexOf(digit);
      await draw(trace(images.subarray(place * PIXELS, (place + 1) * PIXELS)), SIDE);
      drawn!.push(String(digit), String(digit));
      read!.push(...(await answers()));
    }
    const right = drawn!.filter((digit, i) => digit === read![i]);
    expect(right.length, `${drawn} were read as ${read}`).toBeGreaterThanOrEqual(8);
  });

  it('refuses a shape, learns it from three drawings, and forgets it', async () => {
    // So early in training the networks are sure of little.
    await page.getByLabel('Refuse').fill('0.2');
    const random = seeded();
    const drawShape = () => draw(drawnByHand(SHAPES.smiley!, random), 100);
    await drawShape();
    expect(await answers()).toEqual(['unknown', 'unknown']);
    await page.getByLabel('Name').fill('smiley');
    for (const added of [1, 2, 3]) {
      await drawShape();
      await click(/Add this drawing/);
      await page.getByText(added < 3 ? `${added} of 3 drawings` : 'smiley is a class now').waitFor();
    }
    await drawShape();
    expect(await answers()).toEqual(['smiley', 'smiley']);
    expect(await page.locator('.draw [role=status]').first().textContent()).toBe(
      'L-Softmax: smiley. Softmax: smiley',
    );
    await click('Forget smiley');
    await expect.poll(answers).toEqual(['unknown', 'unknown']);
    await page.getByLabel('Refuse').fill('0.05');
  });

  it('is drawn on with the keyboard', async () => {
    await click('Clear');
    await page.locator('.pad').focus();
    await page.keyboard.press('Space');
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect.poll(answers).toEqual(['1', '1']);
  });

  it('says what is wrong with a name that is taken', async () => {
    await page.getByLabel('Name').fill('7');
    await page.getByText('7 is a class already').waitFor();
    expect(await page.getByRole('button', {name: /Add this drawing/}).isDisabled()).toBe(true);
  });

  it('begins anew when a slider moves, and the link has it', async () => {
    await page.locator('#m-0-0').fill('2');
    await expect.poll(() => page.url()).toContain('left=1*lsoftmax(m=2,lambda=0.7)');
    await expect.poll(() => stepOf(page)).toBe(0);
  });

  it('fits a phone', async () => {
    await page.setViewportSize({width: 360, height: 740});
    const right = () =>
      page.evaluate(() =>
        Math.max(
          document.documentElement.scrollWidth,
          ...Array.from(document.querySelectorAll('main *'), (part) => part.getBoundingClientRect().right),
        ),
      );
    await expect.poll(right).toBeLessThanOrEqual(360);
  });

  it('says what is wrong with a link, and shows the defaults', async () => {
    const wrong = await open(browser, '#left=softmacks()&strangers=79');
    await wrong.getByRole('alert').getByText('softmacks').waitFor();
    await trainTo(1, wrong);
    expect(await wrong.getByRole('checkbox', {name: '9'}).isChecked()).toBe(false);
    await wrong.close();
  });

  it('trains by WebGL where it is asked to', async () => {
    const withWebgl = await chromium.launch(launch!);
    const other = await open(withWebgl, '#left=hinge()&right=softmax()&backend=webgl');
    await trainTo(1, other);
    expect(await other.getByTestId('status').textContent()).toContain('on webgl');
    await withWebgl.close();
  });

  it('does all that without an error or a warning', () => {
    expect(complaints).toEqual([]);
  });
});

function pixelsOf(picture: Locator): Promise<string> {
  return picture.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

async function accuracyOf(page: Page): Promise<number> {
  return Number.parseFloat((await page.locator('.numbers dd').first().textContent())!);
}

/** Numbers from 0 to 1, the same in every run: a linear congruential generator. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
