import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build, type OnLoadResult, type OnResolveResult, type Plugin } from 'esbuild';
import { coreName, isCoreModule, isOffered } from './core-modules.ts';
import type { FrameSettings } from './stand-ins/frame.ts';
import type { TestFile } from './suites.ts';

const STAND_INS = join(import.meta.dirname, 'stand-ins');
/** Where drivers are installed: the same packages that the sandbox bundles. */
const PACKAGES = createRequire(join(import.meta.dirname, '../../libs/sandbox/package.json'));

/** Modules of the outside suites that our stand-ins replace, by the end of their resolved path or by their name. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/node\/test\/common(?:\/index(?:\.js)?)?$/, 'node-common.ts'],
  [/node\/test\/common\/fixtures(?:\.js)?$/, 'node-fixtures.ts'],
];
const REPLACED_PACKAGES: Readonly<Record<string, string>> = { poku: 'poku.ts', async: 'async-queue.ts' };

/** A driver's own sources become the installed package: its front door the module of the sandbox, what is inside a file. */
const driverModule = (outside: string, path: string): OnResolveResult | undefined => {
  const pg = resolve(outside, 'pg/packages/pg');
  const mysql2 = resolve(outside, 'mysql2');
  const bare = path
    .replace(/\.m?js$/, '')
    .replace(/\/index$/, '')
    .replace(/\/$/, '');
  if (bare === `${pg}/lib` || bare === pg) return { namespace: 'core', path: 'pg' };
  if (bare === mysql2) return { namespace: 'core', path: 'mysql2' };
  if (bare === `${mysql2}/promise`) return { namespace: 'core', path: 'mysql2/promise' };
  for (const [root, name] of [
    [pg, 'pg'],
    [mysql2, 'mysql2'],
  ] as const) {
    if (!bare.startsWith(`${root}/lib/`)) continue;
    const inside = join(dirname(PACKAGES.resolve(`${name}/package.json`)), path.slice(root.length));
    const found = [inside, `${inside}.js`, join(inside, 'index.js')].find(
      (at) => existsSync(at) && statSync(at).isFile(),
    );
    return found === undefined ? undefined : { path: found };
  }
  return undefined;
};

const resolveName = (outside: string, name: string, resolveDir: string): OnResolveResult | undefined => {
  if (name === 'outside:fixtures') return { namespace: 'fixtures', path: name };
  if (name === 'node:test' || name === 'test') return { namespace: 'node-test', path: name };
  if (isCoreModule(name) || /^(?:pg|mysql2|mysql2\/promise)$/.test(name))
    return { namespace: 'core', path: coreName(name) };
  const standIn = REPLACED_PACKAGES[name];
  if (standIn !== undefined) return { path: join(STAND_INS, standIn) };
  if (name === 'assert-diff') return { namespace: 'core', path: 'assert-diff' };
  if (!name.startsWith('.') && !name.startsWith('/')) {
    if (!resolveDir.startsWith(resolve(outside))) return undefined;
    return { path: PACKAGES.resolve(name) };
  }
  const path = resolve(resolveDir, name);
  const replaced = REPLACED.find(([end]) => end.test(path));
  return replaced === undefined ? driverModule(outside, path) : { path: join(STAND_INS, replaced[1]) };
};

const coreText = (name: string): string => {
  if (name === 'process') return 'module.exports = globalThis.process';
  if (name === 'module') return 'module.exports = { createRequire: () => __coreRequire }';
  if (name === 'assert-diff') return 'module.exports = __coreRequire("assert").strict';
  const isThere = isOffered(name) || /^(?:pg|mysql2|mysql2\/promise)$/.test(name);
  const asked = `module.exports = __coreRequire(${JSON.stringify(name)})`;
  return isThere ? asked : `try { ${asked} } catch { module.exports = {} }`;
};

/** Every string of a test that names a fixture, with that file's bytes. */
const fixturesOf = (outside: string, source: string): Record<string, string> => {
  const folder = resolve(outside, 'node/test/fixtures');
  const names = [...source.matchAll(/['"`]([\w./-]+)['"`]/g)].flatMap(([, name = '']) => [
    name,
    `keys/${name}`,
    `keys/${name}.pem`,
  ]);
  const files = names.filter((name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
};

const testModules = (outside: string, fixtures: Readonly<Record<string, string>>): Plugin => {
  const text = (contents: string): OnLoadResult => ({ contents, loader: 'js', resolveDir: STAND_INS });
  return {
    name: 'outside-tests',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, resolveDir, kind }) =>
        kind === 'entry-point' ? undefined : resolveName(outside, path, resolveDir),
      );
      onLoad({ filter: /.*/, namespace: 'core' }, ({ path }) => text(coreText(path)));
      onLoad({ filter: /.*/, namespace: 'fixtures' }, () => text(`export const files = ${JSON.stringify(fixtures)}`));
      onLoad({ filter: /.*/, namespace: 'node-test' }, () =>
        text("const all = require('./test-runner.ts'); module.exports = Object.assign(all.test, all)"),
      );
    },
  };
};

const bodyOf = (bundle: string, isStrict: boolean): string => {
  const body = bundle.replace(/^export (?:default [^;]+;|\{[^}]*\};?)\s*$/gm, '');
  return `var __coreRequire = require;\nvar __outside = {};\n(function () {${isStrict ? "'use strict';" : ''}\n${body}\n})();\n`;
};

export type Bundled = {
  /** For the sandbox: a script with `run`. */
  readonly script: string;
  /** For plain Node: a CommonJS file. */
  readonly program: string;
};

/** One script of a test file and all that it requires but Node's own modules. Throws when something cannot be found. */
export const bundleFile = async (outside: string, test: TestFile, settings: FrameSettings): Promise<Bundled> => {
  const path = resolve(outside, test.file);
  const source = readFileSync(path, 'utf8');
  const isModule = !path.endsWith('.js');
  const how = isModule ? `import(${JSON.stringify(path)})` : `require(${JSON.stringify(path)})`;
  const entry = `import { runInIsolate, runInNode } from './frame.ts';
const settings = ${JSON.stringify(settings)};
const load = () => ${how};
__outside.inIsolate = () => runInIsolate(settings, load);
__outside.inNode = () => runInNode(settings, load);`;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: STAND_INS, sourcefile: 'entry.js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    conditions: ['node', 'require'],
    target: 'es2024',
    charset: 'ascii',
    logLevel: 'silent',
    define: {
      __filename: JSON.stringify(path),
      __dirname: JSON.stringify(dirname(path)),
      'import.meta.url': JSON.stringify(`file://${path}`),
    },
    plugins: [testModules(outside, fixturesOf(outside, source))],
  });
  const body = bodyOf(outputFiles[0]?.text ?? '', isModule || /^\s*['"]use strict['"]/m.test(source));
  const requirer = `require('node:module').createRequire(${JSON.stringify(join(import.meta.dirname, '../../libs/sandbox/package.json'))})`;
  return {
    script: `${body}async function run() { return await __outside.inIsolate(); }\n`,
    program: `${body.replace('= require;', `= ${requirer};`)}__outside.inNode();\n`,
  };
};
