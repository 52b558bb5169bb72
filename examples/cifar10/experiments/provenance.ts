import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The commit of this checkout, with `-dirty` if code differs from it. Outside of one, as in a container, what the environment
 * names as `COMMIT`, or null.
 */
export function currentCommit(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {cwd: repository, encoding: 'utf8', stdio: 'pipe'}).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    // The experiments themselves change docs/: their results, and the report on them.
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs', ':!README.md');
    return changed === '' ? commit : `${commit}-dirty`;
  } catch {
    return process.env.COMMIT || null;
  }
}

/** The options whose values are places on one machine, and say nothing to anyone else. */
const places = new Map([
  ['--data', 'DIR'],
  ['--results', 'FILE'],
  ['--others', 'FILE'],
  ['--hyperparameters', 'FILE'],
]);

/** The command as it can be repeated on another machine. */
export function portableCommand(args: readonly string[]): string {
  let option = '';
  const portable = args.map((arg) => {
    if (!arg.startsWith('--')) return places.get(option) ?? arg;
    [option = ''] = arg.split('=');
    return places.has(option) && arg !== option ? `${option}=${places.get(option)}` : arg;
  });
  return `npm run cifar10 -- ${portable.map((arg) => (/[\s()*]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`;
}
