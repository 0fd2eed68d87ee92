/** Where a declaration names another module. */
import ts from 'typescript-6';

type Rename = (specifier: string) => string;

const inImportType = (node: ts.ImportTypeNode, rename: Rename): ts.Node => {
  const { argument, qualifier, typeArguments, isTypeOf } = node;
  if (!ts.isLiteralTypeNode(argument) || !ts.isStringLiteral(argument.literal)) return node;
  const renamed = ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(rename(argument.literal.text)));
  return ts.factory.updateImportTypeNode(node, renamed, undefined, qualifier, typeArguments, isTypeOf);
};

/** The same node; where it names a module, by its new name. */
export const withSpecifiers = (node: ts.Node, rename: Rename): ts.Node => {
  const renamed = (specifier: ts.Expression): ts.Expression =>
    ts.isStringLiteral(specifier) ? ts.factory.createStringLiteral(rename(specifier.text)) : specifier;
  const { factory } = ts;
  if (ts.isImportDeclaration(node)) {
    const { modifiers, importClause, moduleSpecifier } = node;
    return factory.updateImportDeclaration(node, modifiers, importClause, renamed(moduleSpecifier), undefined);
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const { modifiers, isTypeOnly, exportClause, moduleSpecifier } = node;
    return factory.updateExportDeclaration(
      node,
      modifiers,
      isTypeOnly,
      exportClause,
      renamed(moduleSpecifier),
      undefined,
    );
  }
  if (ts.isExternalModuleReference(node)) return factory.updateExternalModuleReference(node, renamed(node.expression));
  return ts.isImportTypeNode(node) ? inImportType(node, rename) : node;
};
