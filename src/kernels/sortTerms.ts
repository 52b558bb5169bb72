import type {SweepTerm} from './contract.js';

/** A term of one kind. */
export type TermOfKind<K extends SweepTerm['kind']> = Extract<SweepTerm, {kind: K}>;

/** The terms of a sweep by kind, and which exponentials they need. */
export interface SortedTerms {
  readonly hinges: readonly TermOfKind<'hinge'>[];
  readonly softmaxes: readonly TermOfKind<'softmax'>[];
  readonly targets: readonly TermOfKind<'target'>[];
  /** Whether there is a cross-entropy of the scores themselves. */
  readonly hasPlain: boolean;
  /** Whether there is one of the scores over ‖W_j‖. */
  readonly hasScaled: boolean;
}

export function sortTerms(terms: readonly SweepTerm[]): SortedTerms {
  const ofKind = <K extends SweepTerm['kind']>(kind: K) =>
    terms.filter((term): term is TermOfKind<K> => term.kind === kind);
  const [hinges, softmaxes, targets] = [ofKind('hinge'), ofKind('softmax'), ofKind('target')];
  return {
    hinges,
    softmaxes,
    targets,
    hasPlain: softmaxes.length > 0 || targets.some(({scaled}) => !scaled),
    hasScaled: targets.some(({scaled}) => scaled),
  };
}
