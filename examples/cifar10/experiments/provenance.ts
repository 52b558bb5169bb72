import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** The commit of this checkout, with `-dirty` if tracked files differ from it; null outside of a git checkout. */
export function currentCommit(): string | null {
  try {
    const describe = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*'];
    return execFileSync('git', describe, {cwd: repository, encoding: 'utf8', stdio: 'pipe'}).trim();
  } catch {
    return null;
  }
}

/** The options whose values are places on one machine, and say nothing to anyone else. */
const places = new Map([
  ['--data', 'DIR'],
  ['--results', 'FILE'],
  ['--hyperparameters', 'FILE'],
]);

/** The command as it can be repeated on another machine. */
export function portableCommand(args: readonly string[]): string {
  const portable = args.map((arg, position) => {
    const [option, value] = arg.split('=', 2);
    if (value !== undefined && places.has(option!)) return `${option}=${places.get(option!)}`;
    return places.get(args[position - 1] ?? '') ?? arg;
  });
  return `npm run cifar10 -- ${portable.map((arg) => (/[\s()*]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`;
}
