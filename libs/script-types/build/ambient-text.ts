/** One file of types as text in which modules are declared by name, so that many files can be one. */
import ts from 'typescript-6';
import { withAbsentAsTypes, withoutAbsent } from './absent-values.ts';
import { withoutModifier } from './modifiers.ts';
import { withSpecifiers } from './specifiers.ts';

export type AmbientOptions = {
  /** What a module specifier in that file is to be called. */
  readonly rename: (specifier: string) => string;
  /** Whether a value may stay that a module (or `globalThis`) declares. */
  readonly keeps: (module: string, name: string) => boolean;
};

type Visit = (node: ts.Node) => ts.Node;

/** `process` is one value, its members are what it gives. */
const ownMembers = (node: ts.InterfaceDeclaration, keeps: AmbientOptions['keeps']): ts.InterfaceDeclaration =>
  ts.factory.updateInterfaceDeclaration(
    node,
    node.modifiers,
    node.name,
    node.typeParameters,
    node.heritageClauses,
    node.members.filter(({ name }) => name === undefined || !ts.isIdentifier(name) || keeps('process', name.text)),
  );

const moduleOf = (node: ts.ModuleDeclaration, rename: AmbientOptions['rename']): string | undefined => {
  if (ts.isStringLiteral(node.name)) return rename(node.name.text);
  return node.flags & ts.NodeFlags.GlobalAugmentation ? 'globalThis' : undefined;
};

/** Renames what stands for another place; `declare` is implied inside a module. */
const visitor = (context: ts.TransformationContext, options: AmbientOptions, inModule: string): Visit => {
  const { rename, keeps } = options;
  const block = (node: ts.ModuleBlock, module: string): ts.ModuleBlock => {
    const inner = visitor(context, options, module);
    const kept = withoutAbsent(node.statements, (name) => keeps(module, name));
    const statements = kept.map((statement) => inner(statement) as ts.Statement);
    return ts.factory.updateModuleBlock(node, statements);
  };
  const visitModule = (node: ts.ModuleDeclaration): ts.Node => {
    const module = moduleOf(node, rename);
    const body =
      node.body && ts.isModuleBlock(node.body) && module !== undefined
        ? block(node.body, module)
        : (ts.visitEachChild(node, visit, context).body as ts.ModuleBlock | undefined);
    const name = ts.isStringLiteral(node.name) ? ts.factory.createStringLiteral(rename(node.name.text)) : node.name;
    const updated = ts.factory.updateModuleDeclaration(node, node.modifiers, name, body);
    return inModule === '' ? updated : withoutModifier(updated, ts.SyntaxKind.DeclareKeyword);
  };
  const visit: Visit = (node) => {
    if (ts.isModuleDeclaration(node)) return visitModule(node);
    const whole = ts.isInterfaceDeclaration(node) && node.name.text === 'Process' ? ownMembers(node, keeps) : node;
    const seen = withSpecifiers(ts.visitEachChild(whole, visit, context), rename);
    return inModule === '' ? seen : withoutModifier(seen, ts.SyntaxKind.DeclareKeyword);
  };
  return visit;
};

const printer = ts.createPrinter({ removeComments: true });

const printed = (file: ts.SourceFile, options: AmbientOptions, module: string): string => {
  const kept =
    module === ''
      ? withoutAbsent(file.statements, (name) => options.keeps('globalThis', name))
      : withAbsentAsTypes(file.statements, (name) => options.keeps(module, name));
  const transform = (context: ts.TransformationContext) =>
    visitor(context, options, module) as unknown as ts.Transformer<ts.Statement>;
  const { transformed } = ts.transform([...kept], [transform]);
  return transformed.map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file)).join('\n');
};

/** A file that is a module, declared under a name. */
export const moduleText = (file: ts.SourceFile, name: string, options: AmbientOptions): string =>
  `declare module ${JSON.stringify(name)} {\n${printed(file, options, name)}\n}\n`;

/** A file that declares modules and globals by itself. */
export const ambientText = (file: ts.SourceFile, options: AmbientOptions): string => `${printed(file, options, '')}\n`;
