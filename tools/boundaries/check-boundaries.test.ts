import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBoundaries } from './check-boundaries.ts';
import { readEnvironmentUses, readImports } from './read-imports.ts';
import { MAY_IMPORT } from './table.ts';

let root: string;

const plant = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** The violations of the tree with one more file. */
const violationsWith = (path: string, text: string) => {
  plant(path, text);
  return checkBoundaries(root).violations;
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'userferry-boundaries-'));
  for (const folder of Object.keys(MAY_IMPORT)) {
    plant(`${folder}/package.json`, JSON.stringify({ name: `@userferry/${folder.split('/').at(-1)}` }));
    plant(`${folder}/src/index.ts`, "import { join } from 'node:path';\nexport const here = join('a');\n");
  }
});

afterEach(() => rmSync(root, { recursive: true }));

describe('what is allowed', () => {
  it('passes', () => {
    plant('apps/identity-gateway/src/handlers/login.ts', "import { Login } from '@userferry/contracts';");
    plant('apps/identity-gateway/src/main.ts', "import { status } from '@grpc/grpc-js';");
    plant('apps/script-runner/src/run.ts', "import { createSandbox } from '@userferry/sandbox';");
    plant('apps/script-runner/src/config.ts', 'export const port = process.env.PORT;');
    plant('libs/sandbox/src/host/isolate.ts', "import ivm from 'isolated-vm';\nimport '../bridge/frames.ts';");
    plant('libs/errors/src/errors.test.ts', "import { testDatabase } from '@userferry/testing';\nprocess.env.X = '1';");
    plant('tools/demo/main.ts', "import { startPostgres } from '@userferry/local-databases';");
    expect(checkBoundaries(root).violations).toEqual([]);
  });
});

describe('a planted violation is caught:', () => {
  it.each<[string, string, string, string]>([
    [
      'a lib that another must not import',
      'libs/errors/src/a.ts',
      "import '@userferry/grpc';",
      'may not import libs/grpc',
    ],
    [
      'a privileged lib in the wrong app',
      'apps/identity-gateway/src/a.ts',
      "import '@userferry/user-store';",
      'may not',
    ],
    ['a type-only import', 'libs/errors/src/a.ts', "import type { A } from '@userferry/grpc';", 'may not import'],
    ['an inline type import', 'libs/errors/src/a.ts', "type A = import('@userferry/grpc').A;", 'may not import'],
    [
      'an import over several lines',
      'libs/errors/src/a.ts',
      "import {\n  a,\n  b,\n} from '@userferry/grpc';",
      'may not',
    ],
    ['a re-export', 'libs/errors/src/a.ts', "export * from '@userferry/grpc';", 'may not import'],
    ['a dynamic import', 'libs/errors/src/a.ts', "const a = await import('@userferry/grpc');", 'may not import'],
    ['a require', 'libs/errors/src/a.ts', 'const a = require("@userferry/grpc");', 'may not import'],
    ['a second statement of a line', 'libs/errors/src/a.ts', "import 'node:fs'; import '@userferry/grpc';", 'may not'],
    ['a subpath', 'libs/errors/src/a.ts', "import '@userferry/grpc/src/x.ts';", 'may not import'],
    ['a JavaScript file', 'libs/errors/src/a.mjs', "import '@userferry/grpc';", 'may not import'],
    [
      'a path into another workspace',
      'apps/script-runner/src/a.ts',
      "import '../../../libs/grpc/src/a.ts';",
      'by path',
    ],
    ['an app', 'tools/a.ts', "import '@userferry/identity-gateway';", 'imports an app'],
    ['an app by path, in a test', 'e2e/src/a.test.ts', "import '../../apps/script-runner/src/a.ts';", 'imports an app'],
    ['the tools', 'e2e/src/a.ts', "import '@userferry/tools';", 'imports tools'],
    ['a workspace that is gone', 'libs/errors/src/a.ts', "import '@userferry/gone';", 'not there'],
    ['test support in a program', 'apps/script-runner/src/a.ts', "import '@userferry/testing';", 'may not'],
    ['a local database in a program', 'libs/grpc/src/a.ts', "import '@userferry/local-databases';", 'may not'],
    ['isolated-vm elsewhere', 'apps/script-runner/src/a.ts', "import ivm from 'isolated-vm';", 'only libs/sandbox'],
    ['isolated-vm in a test elsewhere', 'e2e/src/a.test.ts', "import ivm from 'isolated-vm';", 'only libs/sandbox'],
    ['typeorm elsewhere', 'apps/migration-service/src/a.ts', "import { A } from 'typeorm';", 'only libs/user-store'],
    ['OpenTelemetry elsewhere', 'libs/grpc/src/a.ts', "import '@opentelemetry/api';", 'only libs/telemetry'],
    [
      'gRPC outside its places',
      'apps/script-runner/src/run.ts',
      "import { status } from '@grpc/grpc-js';",
      'speaks gRPC',
    ],
    ['gRPC in a pure lib', 'libs/errors/src/a.ts', "import type { status } from '@grpc/grpc-js';", 'speaks gRPC'],
    ['protobuf types further in', 'apps/identity-gateway/src/login/a.ts', "import '@userferry/contracts';", 'stop at'],
    ['the environment', 'libs/grpc/src/a.ts', 'const a = process.env.SECRET;', 'reads the environment'],
    ['the environment by name', 'libs/grpc/src/a.ts', "import { env } from 'node:process';", 'reads the environment'],
    ['the environment taken apart', 'libs/grpc/src/a.ts', 'const { env } = process;', 'reads the environment'],
    ['host code in the guest', 'libs/sandbox/src/guest/a.ts', "import '../host/a.ts';", 'the guest imports host code'],
    ['a native module in the guest', 'libs/sandbox/src/guest/a.ts', "import ivm from 'isolated-vm';", 'native'],
    ['guest code in the host', 'libs/sandbox/src/host/b/a.ts', "import '../../guest/a.ts';", 'the host imports guest'],
    [
      'a side of it in the bridge',
      'libs/sandbox/src/bridge/a.ts',
      "import type { A } from '../host/a.ts';",
      'the bridge',
    ],
  ])('%s', (_, path, text, expected) => {
    const violations = violationsWith(path, text);
    expect(violations).toEqual([expect.stringContaining(expected)]);
    expect(violations[0]).toMatch(new RegExp(`^${path}:\\d+ `));
  });

  it('a workspace that the table does not know', () => {
    plant('libs/new/package.json', '{"name":"@userferry/new"}');
    expect(violationsWith('libs/new/src/index.ts', '')).toEqual(['libs/new is not in the table']);
  });

  it('a workspace without sources, and one that has gone', () => {
    rmSync(join(root, 'libs/errors/src'), { recursive: true });
    rmSync(join(root, 'libs/grpc'), { recursive: true });
    expect(checkBoundaries(root).violations).toEqual([
      'libs/grpc is in the table but not there',
      'libs/errors has no source file',
    ]);
  });

  it('nothing to look at', () => {
    rmSync(root, { recursive: true });
    mkdirSync(root);
    expect(checkBoundaries(root).violations).toContain('no import was found at all: the check looked at nothing');
  });
});

describe('reading a source text', () => {
  it('tells the line of each import and leaves comments alone', () => {
    const text = "// import 'a';\n/* import 'b'; */\n * import('c')\nimport d from 'd';\n\nconst e = import('e');\n";
    expect(readImports(text)).toEqual([
      { specifier: 'd', line: 4 },
      { specifier: 'e', line: 6 },
    ]);
  });

  it('takes no string for a use of the environment', () => {
    expect(readEnvironmentUses("const define = { 'process.env.NODE_ENV': 1 };\n// process.env.X\nprocess.env")).toEqual(
      [3],
    );
  });
});
