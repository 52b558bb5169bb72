import type {KernelTerm} from './contract.js';

/** A term of one kind. */
export type TermOfKind<K extends KernelTerm['kind']> = Extract<KernelTerm, {kind: K}>;

/** Terms by kind, and which exponentials they need. */
export interface SortedTerms {
  readonly hinges: readonly TermOfKind<'hinge'>[];
  readonly softmaxes: readonly TermOfKind<'softmax'>[];
  readonly margins: readonly TermOfKind<'margin'>[];
  /** Whether there is a cross-entropy of the scores themselves. */
  readonly hasPlain: boolean;
  /** Whether there is one of W_j·x over ‖W_j‖. */
  readonly hasScaled: boolean;
  /** Whether rows of labels may be distributions: every other kind of term needs a true class. */
  readonly takeSoftLabels: boolean;
}

export function sortTerms(terms: readonly KernelTerm[]): SortedTerms {
  const ofKind = <K extends KernelTerm['kind']>(kind: K) =>
    terms.filter((term): term is TermOfKind<K> => term.kind === kind);
  const [hinges, softmaxes, margins] = [ofKind('hinge'), ofKind('softmax'), ofKind('margin')];
  return {
    hinges,
    softmaxes,
    margins,
    hasPlain: softmaxes.length > 0 || margins.some(({scaled}) => !scaled),
    hasScaled: margins.some(({scaled}) => scaled),
    takeSoftLabels: softmaxes.length === terms.length,
  };
}
