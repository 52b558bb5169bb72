import ts from 'typescript';

const strict: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  // None but those asked for: the compiler would look for them from this process's folder, where there are ours.
  types: [],
};

/** The two ways of finding packages that `"exports"` serves. */
export const resolutions = {
  node: {module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext},
  bundler: {module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler},
} as const;

/** Compiles files of a project, strictly. */
export function compile(files: readonly string[], resolution: keyof typeof resolutions): ts.Program {
  return ts.createProgram(files, {...strict, ...resolutions[resolution]});
}

/**
 * What the compiler has to say about the files in a folder, declaration files included. All others are left out: the
 * declarations of tfjs-layers 4.22 do not pass `strict` on their own.
 */
export function errorsIn(folder: string, program: ts.Program): string[] {
  const own = program.getSourceFiles().filter(({fileName}) => fileName.startsWith(folder));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  return diagnostics.map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}

/** The names that a declaration file exports as values, and those of all that it declares without exporting it. */
export function namesIn(file: ts.SourceFile, program: ts.Program): {values: string[]; hidden: string[]} {
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!);
  const meant = exported.map((symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
  const values = exported.filter((_, i) => meant[i]!.flags & ts.SymbolFlags.Value).map(({name}) => name);
  const declared = file.statements.filter(isNamed).map(({name}) => name.text);
  const known = new Set(meant.map(({name}) => name));
  return {values: values.sort(), hidden: declared.filter((name) => !known.has(name)).sort()};
}

type Named = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.FunctionDeclaration;

function isNamed(statement: ts.Statement): statement is Named & {readonly name: ts.Identifier} {
  return 'name' in statement && statement.name !== undefined;
}
