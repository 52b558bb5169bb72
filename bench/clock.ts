/**
 * A clock, in milliseconds. In Node it runs while the process has a processor, so that other programs on the machine do not
 * count: the backends there work on one thread, and what collects their garbage meanwhile counts as well. In a browser, where other
 * processes do the work, it is the clock on the wall.
 */
export const now = typeof process === 'undefined' ? () => performance.now() : processorTime;

function processorTime(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}
