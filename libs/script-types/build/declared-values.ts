/** What the written declarations say that there is: read back with a compiler, for the comparison with the sandbox. */
import { join } from 'node:path';
import ts from 'typescript-6';

const DIST = join(import.meta.dirname, '../dist');

/** `any` where the declarations leave it open. */
export type DeclaredKind = 'function' | 'object' | 'string' | 'number' | 'boolean' | 'symbol' | 'any';
export type DeclaredValues = Readonly<Record<string, Readonly<Record<string, DeclaredKind>>>>;

const OPTIONS: ts.CompilerOptions = {
  lib: ['lib.es2025.d.ts', 'lib.esnext.disposable.d.ts', 'lib.esnext.array.d.ts'],
  target: ts.ScriptTarget.ES2024,
  types: [],
  strict: true,
};

/** Modules by name, and what only the compiler has. */
const NOT_NAMES = /^("|undefined$|arguments$|globalThis$|prototype$|__@)/;

const kindOf = (type: ts.Type): DeclaredKind => {
  const { flags } = type;
  if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return 'any';
  if (type.getCallSignatures().length + type.getConstructSignatures().length > 0) return 'function';
  if (flags & ts.TypeFlags.StringLike) return 'string';
  if (flags & ts.TypeFlags.NumberLike) return 'number';
  if (flags & (ts.TypeFlags.BooleanLike | ts.TypeFlags.Boolean)) return 'boolean';
  if (flags & ts.TypeFlags.ESSymbolLike) return 'symbol';
  if (type.isUnion())
    return kindOf(type.types.find(({ flags: part }) => !(part & NOTHING)) ?? (type.types[0] as ts.Type));
  return 'object';
};
const NOTHING = ts.TypeFlags.Undefined | ts.TypeFlags.Null;

const isValue = (checker: ts.TypeChecker, symbol: ts.Symbol): boolean => {
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  if (real.flags & ts.SymbolFlags.ConstEnum || !(real.flags & ts.SymbolFlags.Value)) return false;
  // `export type { X }` of a class is no value.
  return !symbol.declarations?.every(
    (one) => ts.isExportSpecifier(one) && (one.isTypeOnly || one.parent.parent.isTypeOnly),
  );
};

/** A script's place: an empty file beside the declarations. */
const PROBE = join(DIST, 'probe.ts');
const withProbe = (): ts.CompilerHost => {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  // Nothing that is installed may fill a gap.
  host.resolveModuleNameLiterals = (literals) => literals.map(() => ({ resolvedModule: undefined }));
  host.resolveTypeReferenceDirectiveReferences = (references) =>
    references.map(() => ({ resolvedTypeReferenceDirective: undefined }));
  host.fileExists = (file) => file === PROBE || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    file === PROBE ? ts.createSourceFile(file, '', ts.ScriptTarget.ES2024) : getSourceFile(file, ...rest);
  return host;
};

/** A module's exports; of one that is a single value (`export =`), that one's members too. */
const membersOf = (checker: ts.TypeChecker, module: ts.Symbol, place: ts.Node): readonly ts.Symbol[] => {
  const exported = checker.getExportsOfModule(module);
  const whole = module.exports?.get(ts.InternalSymbolName.ExportEquals);
  if (whole === undefined) return exported;
  const real = whole.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(whole) : whole;
  const known = new Set(exported.map(({ name }) => name));
  const own = checker.getPropertiesOfType(checker.getTypeOfSymbolAtLocation(real, place));
  return [...exported, ...own.filter(({ name }) => !known.has(name) && name !== 'prototype')];
};

/** Every value that the declarations give, by module, and under `globalThis`. */
export const declaredValues = (modules: readonly string[]): DeclaredValues => {
  const files = ts.sys.readDirectory(DIST, ['.d.ts']);
  const program = ts.createProgram([...files, PROBE], OPTIONS, withProbe());
  const checker = program.getTypeChecker();
  const place = program.getSourceFile(PROBE) as ts.SourceFile;
  const kinds = (symbols: readonly ts.Symbol[]): Record<string, DeclaredKind> =>
    Object.fromEntries(
      symbols
        .filter((symbol) => isValue(checker, symbol) && !NOT_NAMES.test(symbol.name))
        .map((symbol) => [symbol.name, kindOf(checker.getTypeOfSymbolAtLocation(symbol, place))]),
    );
  const ambient = new Map(checker.getAmbientModules().map((symbol) => [symbol.name.slice(1, -1), symbol]));
  const globals = checker.getSymbolsInScope(place, ts.SymbolFlags.Value).filter(({ name }) => !NOT_NAMES.test(name));
  return {
    globalThis: kinds(globals),
    ...Object.fromEntries(
      modules.map((module) => {
        const symbol = ambient.get(module);
        return [module, symbol === undefined ? {} : kinds(membersOf(checker, symbol, place))];
      }),
    ),
  };
};
