/** A way to choose the scale by the number of classes. */
export interface Rule {
  /** In the guide. */
  readonly title: string;
  scale(classes: number): number;
}

/** The candidates for `scale: 'auto'`, it itself, and the two numbers of the papers. */
export const rules: readonly Rule[] = [
  reaching(0.9),
  reaching(0.95),
  reaching(0.99),
  reaching(0.999),
  reaching(0.9999),
  {
    title: '$`P = 0.99`$ behind a margin of 0.35',
    scale: (classes) => reaching(0.99).scale(classes) / (1 - 0.35 * (1 - 1 / classes)),
  },
  {title: '$`\\sqrt{2} \\ln(C − 1)`$ (AdaCos)', scale: (classes) => Math.SQRT2 * Math.log(classes - 1)},
  {title: '30', scale: () => 30},
  {title: '64', scale: () => 64},
];

/** The scale at which the true class can reach this probability. */
function reaching(probability: number): Rule {
  const odds = probability / (1 - probability);
  return {
    title: `$\`P = ${probability}\`$`,
    scale: (classes) => (1 - 1 / classes) * Math.log((classes - 1) * odds),
  };
}
