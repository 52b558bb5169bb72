/** The code that readers see: every ```ts block of a page, and of the doc comments of a source file. */
export interface Example {
  /** The file it stands in, from the root of the repository. */
  readonly source: string;
  /** The line its code begins at. */
  readonly line: number;
  /** The file with everything but the example blanked out, so that line numbers are those of the file. */
  readonly code: string;
}

/** A fence, in Markdown or in a doc comment, with the language behind it. */
const FENCE = /^(?<indent>\s*(?:\* ?)?)```(?<info>.*)$/;

/** Languages that would be an example but for their name. */
const MISTAKEN = /^(?:typescript|tsx|js|javascript|jsx)\b/;

/**
 * The examples of a Markdown page or a TypeScript file. A block marked `ts` is an example of its own; one marked
 * `ts continued` goes on where the one before it ended.
 */
export function examplesIn(source: string, text: string): Example[] {
  const lines = text.split('\n');
  const examples: {line: number; code: string[]}[] = [];
  let open: {info: string; indent: number} | null = null;
  lines.forEach((line, index) => {
    const fence = FENCE.exec(line)?.groups;
    if (fence && open === null) {
      const info = fence.info!.trim();
      open = {info, indent: fence.indent!.length};
      if (MISTAKEN.test(info)) {
        throw new Error(`${source}:${index + 1}: mark examples \`\`\`ts, so that they are run; got ${info}`);
      }
      if (info === 'ts') examples.push({line: index + 2, code: lines.map(() => '')});
      if (info === 'ts continued' && examples.length === 0) {
        throw new Error(`${source}:${index + 1}: there is no example before this one to continue`);
      }
    } else if (fence) {
      open = null;
    } else if (open !== null && /^ts( continued)?$/.test(open.info)) {
      examples.at(-1)!.code[index] = line.slice(open.indent);
    }
  });
  if (open !== null) throw new Error(`${source}: a code block is not closed`);
  return examples.map(({line, code}) => ({source, line, code: code.join('\n')}));
}
