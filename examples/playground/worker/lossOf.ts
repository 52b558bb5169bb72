import {type CombinedLoss, combined, lossFromConfig} from 'tfjs-losses';
import {LOSSES, type Term} from '../losses.js';

/** The loss of the package that the terms describe. */
export function lossOf(terms: readonly Term[]): CombinedLoss {
  return combined(
    terms.map(({loss, weight, values}) => {
      const options = LOSSES[loss]!.parameters.map(({name, optionAt}) => {
        const position = values[name]!;
        return [name, optionAt ? optionAt(position) : position];
      });
      return [weight, lossFromConfig({...Object.fromEntries(options), name: loss})];
    }),
  );
}
