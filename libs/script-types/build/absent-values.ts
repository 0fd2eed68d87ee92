/** Declarations of values that scripts do not find: what becomes of them. */
import ts from 'typescript-6';
import { withoutModifier } from './modifiers.ts';

const named = (name: ts.Node | undefined): string => (name && ts.isIdentifier(name) ? name.text : '');

/** A statement without the values that are not to stay, or nothing. */
const filtered = (statement: ts.Statement, keeps: (name: string) => boolean): ts.Statement | undefined => {
  if (ts.isFunctionDeclaration(statement)) return keeps(named(statement.name)) ? statement : undefined;
  if (ts.isVariableStatement(statement)) {
    const declarations = statement.declarationList.declarations.filter(({ name }) => keeps(named(name)));
    if (declarations.length === 0) return undefined;
    const list = ts.factory.updateVariableDeclarationList(statement.declarationList, declarations);
    return ts.factory.updateVariableStatement(statement, statement.modifiers, list);
  }
  return statement;
};

const exportedName = (statements: readonly ts.Statement[]): string | undefined => {
  const assigned = statements.find(ts.isExportAssignment);
  return assigned && ts.isIdentifier(assigned.expression) ? assigned.expression.text : undefined;
};

/** What a module declares, without the values that it lacks; where it is one value (`export =`), of that one's members. */
export const withoutAbsent = (
  statements: readonly ts.Statement[],
  keeps: (name: string) => boolean,
): readonly ts.Statement[] => {
  const whole = exportedName(statements);
  const sifted = (all: readonly ts.Statement[]) =>
    all.map((statement) => filtered(statement, keeps)).filter((statement) => statement !== undefined);
  if (whole === undefined) return sifted(statements);
  return statements.map((statement) =>
    ts.isModuleDeclaration(statement) &&
    named(statement.name) === whole &&
    statement.body &&
    ts.isModuleBlock(statement.body)
      ? ts.factory.updateModuleDeclaration(
          statement,
          statement.modifiers,
          statement.name,
          ts.factory.updateModuleBlock(statement.body, sifted(statement.body.statements)),
        )
      : statement,
  );
};

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

/** `export type { Name }`. */
const exportedType = (name: string): ts.Statement => {
  const specifier = ts.factory.createExportSpecifier(false, undefined, name);
  return ts.factory.createExportDeclaration(undefined, true, ts.factory.createNamedExports([specifier]));
};

/** A class that a package does not give is known by its type alone; of a function or variable only other types know. */
export const withAbsentAsTypes = (
  statements: readonly ts.Statement[],
  keeps: (name: string) => boolean,
): readonly ts.Statement[] => {
  const types = new Set(statements.filter(isExported).map(nameOfType));
  const missing = statements
    .filter(isExported)
    .flatMap(valueNames)
    .filter((name) => !keeps(name));
  const absent = new Set(missing.filter((name) => types.has(name)));
  const kept = statements.flatMap((statement): readonly ts.Statement[] => {
    if (ts.isNamespaceExportDeclaration(statement)) return [];
    if (ts.isExportDeclaration(statement)) return [withAbsentSpecifiers(statement, keeps)];
    if (!isExported(statement)) return [statement];
    return [
      absent.has(nameOfType(statement)) || filtered(statement, keeps) === undefined
        ? withoutModifier(statement, ts.SyntaxKind.ExportKeyword)
        : statement,
    ];
  });
  // Without an export of its own kind, everything in a declared module is exported.
  const nothing = ts.factory.createExportDeclaration(undefined, false, ts.factory.createNamedExports([]));
  return [...kept, ...[...absent].map(exportedType), ...(missing.length > 0 ? [nothing] : [])];
};

const nameOfType = (statement: ts.Statement): string =>
  ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    ? named(statement.name)
    : '';

const valueNames = (statement: ts.Statement): readonly string[] => {
  if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) return [named(statement.name)];
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations.map(({ name }) => named(name)) : [];
};

/** `export { A, type B }`, where there is no B at run time. */
const withAbsentSpecifiers = (statement: ts.ExportDeclaration, keeps: (name: string) => boolean): ts.Statement => {
  const { exportClause: clause } = statement;
  if (statement.isTypeOnly || clause === undefined || !ts.isNamedExports(clause)) return statement;
  const specifiers = clause.elements.map((one) =>
    ts.factory.updateExportSpecifier(one, one.isTypeOnly || !keeps(one.name.text), one.propertyName, one.name),
  );
  const exported = ts.factory.updateNamedExports(clause, specifiers);
  return ts.factory.updateExportDeclaration(
    statement,
    statement.modifiers,
    false,
    exported,
    statement.moduleSpecifier,
    undefined,
  );
};
