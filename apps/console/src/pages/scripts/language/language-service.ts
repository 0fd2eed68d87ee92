import type { ScriptLanguage } from '@userferry/script-contract';
import ts from 'typescript-6';
import type { Script } from './script.ts';
import { typedSource } from './typed-source.ts';

/** Texts of declarations by file name: TypeScript's own of the language, and ours of what scripts find. */
export type Declarations = Readonly<Record<string, string>>;

export type Suggestion = { readonly name: string; readonly kind: string; readonly order: string };
export type Explanation = { readonly type: string; readonly text: string };

/** A stretch of the source, from 0, and what is doubtful about it. */
export type Doubt = { readonly from: number; readonly to: number; readonly message: string };

export type Language = {
  /** What may stand at a position, and where the word begins that it takes the place of. */
  readonly complete: (script: Script, position: number) => readonly Suggestion[];
  /** Type and documentation of a suggestion. */
  readonly explain: (script: Script, position: number, name: string) => Explanation | undefined;
  /** Type and documentation of what stands at a position. */
  readonly hover: (script: Script, position: number) => Explanation | undefined;
  /** What does not fit the types: hints, since a script may know better. */
  readonly doubts: (script: Script) => readonly Doubt[];
};

const FILES = { javascript: '/script.js', typescript: '/script.ts' } as const satisfies Record<ScriptLanguage, string>;

/** The script that was asked about last: a project of one. */
type Current = { readonly file: string; readonly text: string; readonly version: number };

const OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  strict: true,
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.CommonJS,
  moduleDetection: ts.ModuleDetectionKind.Legacy,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts', 'lib.es2025.iterator.d.ts', 'lib.es2025.float16.d.ts'],
  types: [],
};

/** An async function that a comment types must name Promise alone; ours lets scripts be synchronous, too. */
const OF_OUR_COMMENT = 1065;

const SUGGESTIONS_MAX = 500;

/** TypeScript's language service over one script and the declarations of its runtime; no file is read anywhere. */
export const createLanguage = (libs: Declarations, declarations: Declarations): Language => {
  let current: Current = { file: FILES.javascript, text: '', version: 0 };
  const files: Declarations = Object.fromEntries([
    ...Object.entries(libs).map(([name, text]) => [`/lib/${name}`, text]),
    ...Object.entries(declarations).map(([name, text]) => [`/types/${name}`, text]),
  ]);
  const textOf = (file: string): string | undefined => (file === current.file ? current.text : files[file]);
  const service = ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [current.file, ...Object.keys(files).filter((name) => name.startsWith('/types/'))],
    getScriptVersion: (file) => (file === current.file ? String(current.version) : '1'),
    getScriptSnapshot: (file) => snapshotOf(textOf(file)),
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/lib/lib.es2024.d.ts',
    fileExists: (file) => textOf(file) !== undefined,
    readFile: textOf,
  });
  const typed = (script: Script) => {
    const made = typedSource(script);
    const file = FILES[script.language];
    if (made.text !== current.text || file !== current.file)
      current = { file, text: made.text, version: current.version + 1 };
    return { ...made, file };
  };
  return {
    complete: (script, position) => {
      const { file, toTyped } = typed(script);
      const found = service.getCompletionsAtPosition(file, toTyped(position), {});
      return (found?.entries ?? []).slice(0, SUGGESTIONS_MAX).map(suggestionOf);
    },
    explain: (script, position, name) => {
      const { file, toTyped } = typed(script);
      const rest = [undefined, undefined, undefined, undefined] as const;
      const details = service.getCompletionEntryDetails(file, toTyped(position), name, ...rest);
      return details && explanationOf(details.displayParts, details.documentation);
    },
    hover: (script, position) => {
      const { file, toTyped } = typed(script);
      const info = service.getQuickInfoAtPosition(file, toTyped(position));
      return info && explanationOf(info.displayParts, info.documentation);
    },
    doubts: (script) => {
      const { file, toSource } = typed(script);
      return service
        .getSemanticDiagnostics(file)
        .filter(({ code }) => code !== OF_OUR_COMMENT)
        .map(({ start = 0, length = 0, messageText }) => ({
          from: toSource(start),
          to: toSource(start + length),
          message: ts.flattenDiagnosticMessageText(messageText, ' '),
        }));
    },
  };
};

const snapshotOf = (text: string | undefined): ts.IScriptSnapshot | undefined =>
  text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);

const suggestionOf = ({ name, kind, sortText }: ts.CompletionEntry): Suggestion => ({ name, kind, order: sortText });

const explanationOf = (
  type: readonly ts.SymbolDisplayPart[] | undefined,
  text: readonly ts.SymbolDisplayPart[] | undefined,
): Explanation => ({
  type: ts.displayPartsToString([...(type ?? [])]),
  text: ts.displayPartsToString([...(text ?? [])]),
});
