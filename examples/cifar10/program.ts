import type {Command} from 'commander';

/** What is printed is for people who look on: a reader that has gone (`| head`) or a full disk does not end a run. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** Runs a command line; a problem is told in a line. */
export async function runProgram(program: Command): Promise<void> {
  outliveOutput();
  try {
    await program.parseAsync();
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
