import {Command} from 'commander';
import {runProgram} from './program.js';
import {reportCommand} from './reportCommand.js';
import {reproduceCommand} from './reproduceCommand.js';
import {searchCommand} from './searchCommand.js';
import {trainCommand} from './trainCommand.js';

await runProgram(
  new Command('cifar10')
    .description('Experiments with the losses of tfjs-losses on CIFAR-10.')
    .addCommand(trainCommand())
    .addCommand(searchCommand())
    .addCommand(reproduceCommand())
    .addCommand(reportCommand()),
);
