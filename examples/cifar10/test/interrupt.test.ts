import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {interruptSignal} from '../interrupt.js';

const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  process.removeAllListeners('SIGINT');
  vi.useRealTimers();
  exit.mockClear();
  print.mockClear();
});

test('the first Ctrl-C aborts, the second quits at once', () => {
  const signal = interruptSignal();
  expect(signal.aborted).toBe(false);
  process.emit('SIGINT');
  expect(signal.aborted).toBe(true);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  process.emit('SIGINT');
  expect(exit).toHaveBeenCalledWith(130);
});

test('one Ctrl-C that arrives twice, as under npm, counts once', () => {
  interruptSignal();
  process.emit('SIGINT');
  vi.advanceTimersByTime(50);
  process.emit('SIGINT');
  expect(exit).not.toHaveBeenCalled();
  expect(print).toHaveBeenCalledTimes(1);
});
