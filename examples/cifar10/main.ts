import {Command} from 'commander';
import {reportCommand} from './reportCommand.js';
import {reproduceCommand} from './reproduceCommand.js';
import {searchCommand} from './searchCommand.js';
import {trainCommand} from './trainCommand.js';

const program = new Command('cifar10')
  .description('Experiments with the losses of tfjs-losses on CIFAR-10.')
  .addCommand(trainCommand())
  .addCommand(searchCommand())
  .addCommand(reproduceCommand())
  .addCommand(reportCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
