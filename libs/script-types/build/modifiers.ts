import ts from 'typescript-6';

const withoutKind = (modifiers: readonly ts.ModifierLike[], gone: ts.SyntaxKind): ts.ModifierLike[] =>
  modifiers.filter(({ kind }) => kind !== gone);

/** The same declaration without `declare` or `export`. */
export const withoutModifier = <Node extends ts.Node>(
  node: Node,
  gone: ts.SyntaxKind.DeclareKeyword | ts.SyntaxKind.ExportKeyword,
): Node => {
  const { modifiers } = node as { readonly modifiers?: ts.NodeArray<ts.ModifierLike> };
  if (!modifiers?.some(({ kind }) => kind === gone)) return node;
  return ts.setTextRange(replaceModifiers(node, withoutKind(modifiers, gone)) as unknown as Node, node);
};

const replaceModifiers = (node: ts.Node, modifiers: readonly ts.ModifierLike[]): ts.Node => {
  const only = modifiers as ts.Modifier[];
  const { factory } = ts;
  if (ts.isFunctionDeclaration(node))
    return factory.updateFunctionDeclaration(
      node,
      only,
      node.asteriskToken,
      node.name,
      node.typeParameters,
      node.parameters,
      node.type,
      node.body,
    );
  if (ts.isClassDeclaration(node))
    return factory.updateClassDeclaration(
      node,
      only,
      node.name,
      node.typeParameters,
      node.heritageClauses,
      node.members,
    );
  if (ts.isVariableStatement(node)) return factory.updateVariableStatement(node, only, node.declarationList);
  if (ts.isModuleDeclaration(node)) return factory.updateModuleDeclaration(node, only, node.name, node.body);
  if (ts.isEnumDeclaration(node)) return factory.updateEnumDeclaration(node, only, node.name, node.members);
  if (ts.isInterfaceDeclaration(node))
    return factory.updateInterfaceDeclaration(
      node,
      only,
      node.name,
      node.typeParameters,
      node.heritageClauses,
      node.members,
    );
  if (ts.isTypeAliasDeclaration(node))
    return factory.updateTypeAliasDeclaration(node, only, node.name, node.typeParameters, node.type);
  return node;
};
