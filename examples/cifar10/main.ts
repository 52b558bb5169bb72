import {Command} from 'commander';
import {trainCommand} from './trainCommand.js';

const program = new Command('cifar10')
  .description('Experiments with the losses of tfjs-losses on CIFAR-10.')
  .addCommand(trainCommand());

try {
  await program.parseAsync();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
