import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {interruptSignal, stopSignals} from '../interrupt.js';

const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
const print = vi.spyOn(console, 'error').mockReturnValue();

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const name of stopSignals) process.removeAllListeners(name);
  vi.useRealTimers();
  vi.clearAllMocks();
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (name, status) => {
  test('the first aborts, the second quits at once', () => {
    const signal = interruptSignal();
    expect(signal.aborted).toBe(false);
    process.emit(name);
    expect(signal).toMatchObject({aborted: true, reason: status});
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    process.emit(name);
    expect(exit).toHaveBeenCalledWith(status);
  });

  test('that arrives twice, as under npm, counts once', () => {
    interruptSignal();
    process.emit(name);
    vi.advanceTimersByTime(50);
    process.emit(name);
    expect(exit).not.toHaveBeenCalled();
    expect(print).toHaveBeenCalledTimes(1);
  });
});
