import {FormulaLoss, type Term} from '../../src/index.js';

/** A loss of a user's own that is this term. */
export class TermLoss extends FormulaLoss<object> {
  readonly #term: Term;

  constructor(name: string, term: Term) {
    super(name, {}, {});
    this.#term = term;
  }

  protected term(): Term {
    return this.#term;
  }
}
