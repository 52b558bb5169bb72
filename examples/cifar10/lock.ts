import {lock} from 'proper-lockfile';

export interface LockOptions {
  /** After so many milliseconds without a sign of life, the holder counts as killed. */
  readonly stale: number;
  /** How long to wait for another holder, in milliseconds; Infinity to wait until it is done. */
  readonly patience: number;
  /** Called once if the lock is another's. */
  readonly onWait?: () => void;
  /** Called if the lock is lost: if this machine has slept, say, and another program has gone ahead. */
  readonly onLost: () => void;
}

/**
 * Takes the lock `path.lock` and returns what gives it back; undefined if another program keeps it. It is given back when
 * this program ends, too, unless it is killed.
 */
export async function takeLock(
  path: string,
  options: LockOptions,
): Promise<(() => Promise<void>) | undefined> {
  const {stale, patience, onWait, onLost} = options;
  const attempt = (retries: number) =>
    lock(path, {
      realpath: false,
      stale,
      onCompromised: onLost,
      retries: {...(retries === Number.POSITIVE_INFINITY ? {forever: true} : {retries}), factor: 1, ...POLL},
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ELOCKED') return undefined;
      throw error;
    });
  const free = await attempt(0);
  if (free !== undefined) return free;
  onWait?.();
  return attempt(Math.ceil(patience / POLL.minTimeout));
}

const POLL = {minTimeout: 500, maxTimeout: 500};
