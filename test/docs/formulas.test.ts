/** Formulas are marked as such, so that GitHub and the site typeset them. */

import {expect, it} from 'vitest';
import {guides, read} from './pages.js';

/** `npm run cifar10 -- report` writes it. */
const generated = 'docs/reproduction.md';
const pages = [...guides, 'CHANGELOG.md', 'CONTRIBUTING.md'].filter((page) => page !== generated);

it.each(pages)('the formulas of %s are between $` and `$ or in a block of math', (page) => {
  expect(plainFormulas(read(page))).toEqual([]);
});

it('a formula in plain text is noticed, and one that is marked is not', () => {
  const plain = ['‖x‖', 'f_y', 'e^x', '∂L', 'cos θ', 'Σ_j', '```text\nL = −log(p_y)\n```', '`f_y = W_y·x`'];
  for (const formula of plain) expect(plainFormulas(`Let ${formula} be.`), formula).not.toEqual([]);
  expect(plainFormulas('Let $`‖x‖ = f_y`$, `data_batch_1`, [a](b_c.md).\n\n```math\n∂L\n```\n')).toEqual([]);
});

/** What looks like mathematics outside of formulas, in blocks of text and in code that is no identifier. */
function plainFormulas(markdown: string): string[] {
  const rest = markdown
    .replace(/```(?!text\n)[\s\S]*?```/g, '')
    .replace(/\$`[^`]*`\$/g, '')
    .replace(/`[^`=·\n]*`|\]\([^)]*\)/g, '');
  return (
    rest.match(
      /.*(?:[‖∂∑Σ√ℝ′]|(?<!\w)\p{L}_\p{L}(?!\w)|\w\^[\w({−]|\b(?:cos|sin)[ (][\p{L}(]|\blog\().*/gu,
    ) ?? []
  );
}
