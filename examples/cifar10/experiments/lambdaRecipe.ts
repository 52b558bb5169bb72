import {z} from 'zod';

const atLeast0 = z.number().min(0);

/** The options of a λ schedule: λ(t) = max(min, base·(1 + gamma·t)^(−power)) after t training steps. */
export const lambdaRecipeSchema = z
  .object({base: atLeast0, gamma: atLeast0, power: atLeast0, min: atLeast0})
  .readonly();
export type LambdaRecipe = z.infer<typeof lambdaRecipeSchema>;

/** The recipe as an option of a margin loss in a loss expression. */
export function lambdaExpression({base, gamma, power, min}: LambdaRecipe): string {
  return `anneal(base=${base}, gamma=${gamma}, power=${power}, min=${min})`;
}

/** The recipe for a training of another length: λ falls over the same share of it. */
export function stretched(recipe: LambdaRecipe, times: number): LambdaRecipe {
  return {...recipe, gamma: Number((recipe.gamma / times).toPrecision(3))};
}
