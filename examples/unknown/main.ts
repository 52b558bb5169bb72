/**
 * `npm run unknown`: a network that knows six digits meets all ten, says "unknown" of what it does not know, and learns the
 * other four by five examples each. Prints tables and writes a picture and the numbers into docs/.
 */
import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {startBackend} from '../cifar10/backend.js';
import {formatComparison, formatMeetings} from './report.js';
import {writeOutcome} from './results.js';
import {meetStrangers} from './unknown.js';

const options = {
  train: 0.6,
  shots: 5,
  epochs: 8,
  batchSize: 64,
  learningRate: 0.003,
  falseReject: 0.05,
  seed: 1,
};
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

console.log(`On the ${await startBackend('auto')} backend.`);
const outcome = await meetStrangers(options, (what) => console.log(`${what} …`));
console.log(
  `\nAccepted means a score of at least ${outcome.threshold.toFixed(3)}.\n${formatMeetings(outcome)}`,
);
console.log(`\nKnown digits against strangers, by score:\n${formatComparison(outcome.comparison)}\n`);
for (const file of await writeOutcome(outcome, options, docs)) {
  console.log(`Wrote ${relative(process.cwd(), file)}`);
}
