import ts from 'typescript';

/** Where the instrumented examples find `expectResult`, which imports them. */
const IMPORT = (path: string) => `import {expectResult as __expectResult} from '${path}'; `;

/**
 * An example with its results checked: each statement that is an expression with a comment behind it, such as
 * `psi(0, 4); // 1`, is handed to `expectResult` together with the comment. No line moves to another place.
 */
export function instrument(code: string, pathOfExpectResult: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let instrumented = '';
  let end = 0;
  for (const statement of file.statements) {
    const comment = ts.getTrailingCommentRanges(code, statement.end)?.[0];
    if (!ts.isExpressionStatement(statement) || comment === undefined) continue;
    const result = code.slice(comment.pos, comment.end).replace(/^\/\/\s*/, '');
    const start = statement.getStart();
    instrumented +=
      code.slice(end, start) +
      `await __expectResult(async () => (${statement.expression.getText()}), ${JSON.stringify(result)});`;
    end = statement.end;
  }
  return IMPORT(pathOfExpectResult) + instrumented + code.slice(end);
}
