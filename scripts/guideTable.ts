/**
 * A guide with one of its tables made anew. In the guide a table stands between two comments: one with its name and the command that
 * writes it, and one that ends it.
 */
export function replaceTable(guide: string, name: string, command: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: ${command} -->`, `<!-- end of ${name} -->`];
  const [before, rest] = guide.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`the guide must have ${begin} … ${end}`);
  return `${before}${begin}\n${table}\n${end}${after}`;
}
