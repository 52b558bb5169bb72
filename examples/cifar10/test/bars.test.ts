import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createBar} from '../bars.js';

const {isTTY} = process.stderr;
beforeEach(() => {
  process.stderr.isTTY = true;
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a bar writes that fills up, on a terminal of this kind. */
function drawn(terminal: string): string {
  vi.stubEnv('TERM', terminal);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const bar = createBar('{bar} {value}');
  bar.start(2, 0);
  bar.update(2);
  bar.stop();
  return write.mock.calls.map(([text]) => text).join('');
}

test('a terminal shows a bar, without colours', () => {
  const text = drawn('xterm-256color');
  expect(text).toContain('=');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that sets a colour
  expect(text).not.toMatch(/\x1b\[[\d;]*m/);
});

test('a dumb terminal, which would show the control characters as such, gets nothing of it', () => {
  expect(drawn('dumb')).toBe('');
});
