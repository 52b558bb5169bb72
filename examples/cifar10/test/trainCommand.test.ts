import {CommanderError} from 'commander';
import {describe, expect, test} from 'vitest';
import {trainCommand} from '../trainCommand.js';

/** What the command prints when it is called so, and does not get as far as training. */
async function output(...args: string[]): Promise<string> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const command = trainCommand().exitOverride().configureOutput({writeOut: write, writeErr: write});
  const error = await command.parseAsync(args, {from: 'user'}).catch((cause) => cause);
  expect(error).toBeInstanceOf(CommanderError);
  return printed;
}

describe('what cannot be understood is refused, with what was expected and what came', () => {
  test.each([
    [['--epoch', '3'], /unknown option '--epoch'\s+\(Did you mean --epochs\?\)/],
    [['--epochs', '0'], /'--epochs <n>' argument '0' is invalid\. Expected an integer >= 1/],
    [['--epochs', 'ten'], /argument 'ten' is invalid\. Expected an integer >= 1/],
    [['--epochs', ''], /argument '' is invalid\. Expected an integer >= 1/],
    [['--batch-size', '1'], /argument '1' is invalid\. Expected an integer >= 2/],
    [['--seed', '-1'], /argument '-1' is invalid\. Expected an integer >= 0/],
    [['--seed', '1.5'], /argument '1\.5' is invalid/],
    [['--dropout', '1'], /argument '1' is invalid\. Expected a number >= 0 and < 1/],
    [['--learning-rate', '0'], /argument '0' is invalid\. Expected a number > 0/],
    [['--weight-decay', '-0.1'], /argument '-0\.1' is invalid\. Expected a number >= 0/],
    [['--weight-decay', 'Infinity'], /argument 'Infinity' is invalid/],
    [['--hidden', '100x'], /argument '100x' is invalid\. Expected units and layers such as 100x5/],
    [['--hidden', '0'], /argument '0' is invalid/],
    [['--optimizer', 'adm'], /argument 'adm' is invalid\. Allowed choices are adam, momentum, sgd/],
    [['--backend', 'gpu'], /argument 'gpu' is invalid\. Allowed choices are auto, wasm, cpu, node/],
    [
      ['--loss', 'hinge+lsofmax'],
      /at column 7: unknown loss "lsofmax"; did you mean "lsoftmax".*\n {2}hinge\+lsofmax\n {8}\^{7}\n/,
    ],
    [['--schedule', 'cosin'], /unknown schedule "cosin"; did you mean "cosine".*\n {2}cosin\n {2}\^{5}\n/],
    [['--out', ''], /argument '' is invalid\. Expected the name of a file or folder/],
    [['--save', ' '], /argument ' ' is invalid\. Expected the name of a file or folder/],
    [['--data', ''], /argument '' is invalid\. Expected the name of a file or folder/],
    [['train'], /too many arguments/],
  ] satisfies [string[], RegExp][])('%j', async (args, message) => {
    expect(await output(...args)).toMatch(message);
  });
});

test('the help tells every option, the losses and an example', async () => {
  const help = await output('--help');
  const options =
    'loss epochs batch-size seed hidden dropout bias normalize-kernel optimizer learning-rate schedule weight-decay ' +
    'data limit out save backend';
  for (const option of options.split(' ')) expect(help).toContain(`--${option}`);
  for (const loss of ['hinge', 'softmax', 'lsoftmax', 'asoftmax', 'anneal'])
    expect(help).toContain(`${loss}(`);
  expect(help).toContain('Example:');
});
