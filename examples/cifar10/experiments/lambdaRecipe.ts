/** The options of a λ schedule: λ(t) = max(min, base·(1 + gamma·t)^(−power)) after t training steps. */
export interface LambdaRecipe {
  readonly base: number;
  readonly gamma: number;
  readonly power: number;
  readonly min: number;
}

/** The recipe as an option of a margin loss in a loss expression. */
export function lambdaExpression({base, gamma, power, min}: LambdaRecipe): string {
  return `anneal(base=${base}, gamma=${gamma}, power=${power}, min=${min})`;
}

/** The recipe for a training of another length: λ falls over the same share of it. */
export function stretched(recipe: LambdaRecipe, times: number): LambdaRecipe {
  return {...recipe, gamma: Number((recipe.gamma / times).toPrecision(3))};
}
