import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { findWorkspaces, type Workspace } from './find-sources.ts';
import { type Import, readEnvironmentUses, readImports } from './read-imports.ts';
import * as table from './table.ts';

/** What was looked at, and one sentence for every violation. */
export type BoundaryReport = { files: number; imports: number; violations: string[] };

type Source = { path: string; workspace: Workspace; inWorkspace: string; isTest: boolean };
type Target = { specifier: string; workspace: Workspace | undefined; path: string | undefined; package: string };

/** Holds every import under `root` against the table. Finding nothing to look at is a violation, too. */
export function checkBoundaries(root: string): BoundaryReport {
  const workspaces = findWorkspaces(root);
  const report: BoundaryReport = { files: 0, imports: 0, violations: checkWorkspaces(workspaces) };
  for (const workspace of workspaces) {
    for (const path of workspace.files) {
      const text = readFileSync(join(root, path), 'utf8');
      const inWorkspace = path.slice(workspace.folder.length + 1);
      const source = { path, workspace, inWorkspace, isTest: table.TEST_FILES.test(path) };
      const imports = readImports(text);
      report.files += 1;
      report.imports += imports.length;
      report.violations.push(...imports.flatMap((found) => checkImport(source, found, workspaces)));
      report.violations.push(...checkEnvironment(source, text));
    }
  }
  if (report.imports === 0) report.violations.push('no import was found at all: the check looked at nothing');
  return report;
}

function checkWorkspaces(workspaces: Workspace[]): string[] {
  const found = new Set(workspaces.map(({ folder }) => folder));
  const listed = Object.keys(table.MAY_IMPORT);
  return [
    ...[...found].filter((folder) => !listed.includes(folder)).map((folder) => `${folder} is not in the table`),
    ...listed.filter((folder) => !found.has(folder)).map((folder) => `${folder} is in the table but not there`),
    ...workspaces.filter(({ files }) => files.length === 0).map(({ folder }) => `${folder} has no source file`),
  ];
}

function checkImport(source: Source, found: Import, workspaces: Workspace[]): string[] {
  const target = resolveTarget(source, found.specifier, workspaces);
  const problems = [
    checkDirection(source, target),
    checkSingleImporter(source, target),
    checkGrpc(source, target),
    ...checkSandboxWalls(source, target),
  ];
  return problems
    .filter((problem) => problem !== undefined)
    .map((problem) => `${source.path}:${found.line} ${problem} (${found.specifier})`);
}

function resolveTarget(source: Source, specifier: string, workspaces: Workspace[]): Target {
  const package_ = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const path = specifier.startsWith('.') ? normalize(join(source.path, '..', specifier)) : undefined;
  const workspace = workspaces.find(({ folder, name }) =>
    path === undefined ? name === package_ : path === folder || path.startsWith(`${folder}/`),
  );
  return { specifier, workspace, path, package: package_ };
}

function checkDirection(source: Source, target: Target): string | undefined {
  if (target.package.startsWith('@userferry/') && target.workspace === undefined) return 'imports what is not there';
  if (target.workspace === undefined || target.workspace === source.workspace) return undefined;
  const { folder } = target.workspace;
  if (folder.startsWith('apps/')) return 'imports an app';
  if (folder === 'tools' || folder === 'e2e') return `imports ${folder}`;
  if (target.path !== undefined) return `reaches into ${folder} by path`;
  const name = folder.slice('libs/'.length);
  if (table.MAY_IMPORT[source.workspace.folder]?.includes(name)) return undefined;
  if (source.isTest && table.TESTS_MAY_ALSO_IMPORT.includes(name)) return undefined;
  return `${source.workspace.folder} may not import ${folder}`;
}

function checkSingleImporter(source: Source, target: Target): string | undefined {
  const scope = `${target.package.split('/')[0]}/*`;
  const importers = table.SINGLE_IMPORTERS[target.package] ?? table.SINGLE_IMPORTERS[scope];
  if (importers === undefined || importers.includes(source.workspace.folder)) return undefined;
  return `only ${importers.join(', ')} may import ${target.package}`;
}

function checkGrpc(source: Source, target: Target): string | undefined {
  if (source.isTest || isGrpcPlace(source)) return undefined;
  const { folder } = source.workspace;
  if (target.package === '@grpc/grpc-js' && !table.GRPC_WORKSPACES.includes(folder)) return 'speaks gRPC itself';
  const protobuf = target.package === '@userferry/contracts' && !table.PROTOBUF_WORKSPACES.includes(folder);
  return protobuf ? 'protobuf types stop at handlers/ and clients/' : undefined;
}

function isGrpcPlace(source: Source): boolean {
  return source.workspace.folder.startsWith('apps/') && table.GRPC_PLACES.test(source.inWorkspace);
}

function checkSandboxWalls(source: Source, target: Target): string[] {
  if (source.isTest) return [];
  return table.SANDBOX_WALLS.filter((wall) => source.path.startsWith(wall.from))
    .filter((wall) => wall.never.test(target.path ?? target.package))
    .map((wall) => wall.because);
}

function checkEnvironment(source: Source, text: string): string[] {
  if (source.isTest || table.ENVIRONMENT_READERS.test(source.path)) return [];
  return readEnvironmentUses(text).map((line) => `${source.path}:${line} reads the environment outside a config.ts`);
}
