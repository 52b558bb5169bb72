import {fileURLToPath} from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the compiler, strict as for the library itself, has to say against these files, each with its line. */
export function typeErrors(paths: readonly string[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.json`,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  const program = ts.createProgram([...paths], {
    ...config!.options,
    noEmit: true,
    // An example shows how a thing is made, and need not go on to use it.
    noUnusedLocals: false,
    // Each has its own names, whether it imports something or not.
    moduleDetection: ts.ModuleDetectionKind.Force,
    baseUrl: root,
    paths: {'tfjs-losses': ['src/index.ts'], 'tfjs-losses/*': ['src/*/index.ts']},
  });
  return ts.getPreEmitDiagnostics(program).map(({file, start, messageText}) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start!).line + 1;
    return `${file?.fileName ?? ''}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
