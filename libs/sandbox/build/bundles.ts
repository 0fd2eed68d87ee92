/** Bundles what runs inside the isolate and the program of the isolate host. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants as zlibConstants } from 'node:zlib';
import type { AnyNode } from 'acorn';
import { type BuildOptions, type BuildResult, build } from 'esbuild';
import { PROGRAM, WRAPPER } from '../src/host/isolate-host/program.ts';
import { coreModulesOfBase, coreModulesOfPackages } from './core-modules.ts';
import { type Cut, cut } from './cuts.ts';
import { guardModules } from './guarded-modules.ts';
import { keptLists, keptValues } from './kept-values.ts';
import { BUNDLED_WITH, NAMES_WITHIN, PACKAGES, PUT_INTO } from './packages.ts';
import { BUNDLED_FILES, DRAFT, DRAFT_GUEST, PACKAGE_ROOT, SOURCE } from './paths.ts';
import { youngFunctions } from './young-functions.ts';

const GUEST_OPTIONS = {
  bundle: true,
  write: false,
  platform: 'neutral',
  mainFields: ['main'],
  conditions: ['node', 'require', 'default'],
  target: 'es2023',
  // Names are kept: they show in stack traces and in `constructor.name`.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  charset: 'ascii',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.NODE_DEBUG': '""',
    // JSON has no infinity, which the largest chunk is.
    ZLIB_CONSTANTS: JSON.stringify({ ...zlibConstants, Z_MAX_CHUNK: undefined }),
  },
  absWorkingDir: PACKAGE_ROOT,
  metafile: true,
} satisfies BuildOptions;

/**
 * A sloppy function shows itself, and what it was called with, to every sloppy one that it calls, by `caller`: a script would
 * come by what no property leads to. It also has two more properties to look at between runs.
 */
const STRICT = "'use strict';";

/** Every file that went into a bundle, from the package's folder. */
const bundled = new Set<string>();

const remember = ({ metafile }: BuildResult): void => {
  for (const file of Object.keys(metafile?.inputs ?? {})) bundled.add(file);
};

/** A two-byte source costs twice its size in every isolate. */
function assertAscii(name: string, code: string): void {
  const at = Array.from(code).findIndex((character) => character.charCodeAt(0) > 127);
  if (at >= 0) throw new Error(`${name} is not pure ASCII at character ${at}`);
}

/** esbuild leaves regular expressions as they are; in them an escape means the same. */
function escapeRest(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const cutsOfAll = (node: AnyNode): readonly Cut[] => [...youngFunctions(node), ...keptValues(node)];
const cutsOfBase = (node: AnyNode): readonly Cut[] => [...cutsOfAll(node), ...keptLists(node)];

async function bundle(options: BuildOptions, cutsAt = cutsOfAll): Promise<string> {
  const result = await build({ ...GUEST_OPTIONS, ...options });
  remember(result);
  const text = result.outputFiles?.[0]?.text;
  if (text === undefined) throw new Error('esbuild wrote nothing');
  return cut(guardModules(escapeRest(text)), cutsAt);
}

/** The base: its completion value is what the host gets hold of; no global is left behind. */
async function bundleBase(): Promise<void> {
  const options: BuildOptions = {
    entryPoints: [join(SOURCE, 'guest', 'main.ts')],
    format: 'iife',
    globalName: 'base',
    plugins: [coreModulesOfBase],
  };
  const code = await bundle(options, cutsOfBase);
  const wrapped = `(function () { ${STRICT} let __evaluate = (load) => load(), __early = [], __keep = (value) => (__early.push(value), value); ${code};return base.guest;})()`;
  assertAscii('the base bundle', wrapped);
  writeFileSync(join(DRAFT_GUEST, 'base.js'), wrapped);
}

const bundleOf = (name: string): string => BUNDLED_WITH[name] ?? name;

function requireOf(target: string): string {
  const [path, member] = target.split('#');
  return `require(${JSON.stringify(path)})${member === undefined ? '' : `.${member}`}`;
}

/** A package: a function of the `require` that answers for core modules; it returns a maker for each module in it. */
async function bundlePackage(name: string): Promise<void> {
  const modules = Object.entries(PACKAGES).filter(([module]) => bundleOf(module) === name);
  const makers = modules.map(([as, target]) => `${JSON.stringify(as)}: () => ${requireOf(target)}`);
  const code = await bundle({
    stdin: { contents: `module.exports = { ${makers.join(', ')} };`, resolveDir: PACKAGE_ROOT },
    format: 'cjs',
    // A class that speaks of itself would be called `_Name`.
    keepNames: true,
    define: { ...GUEST_OPTIONS.define, ...NAMES_WITHIN[name] },
    inject: (PUT_INTO[name] ?? []).map((path) => join(SOURCE, path)),
    plugins: [coreModulesOfPackages],
  });
  const wrapped = `(function (require) { ${STRICT} const module = { exports: {} }; const { exports } = module; const __evaluate = require('#evaluate'), __keep = require('#keep'); ${code};return module.exports; })`;
  assertAscii(`the bundle of ${name}`, wrapped);
  writeFileSync(join(DRAFT_GUEST, 'packages', `${name.replaceAll('/', '__')}.js`), wrapped);
}

/** `own`: what is not the same for both programs of the isolate host, what it is started with and what that runs. */
async function bundleForHost(own: BuildOptions): Promise<void> {
  const result = await build({
    ...own,
    bundle: true,
    platform: 'node',
    // An `import` of one of Node's modules asks it for all that it has, and loads another 40 modules by that.
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    target: 'node24',
    external: ['isolated-vm', 'bcrypt'],
    legalComments: 'none',
    absWorkingDir: PACKAGE_ROOT,
    metafile: true,
  });
  remember(result);
}

async function bundleHost(): Promise<void> {
  const [head, tail] = WRAPPER;
  const folder = join(SOURCE, 'host', 'isolate-host');
  const program = { entryPoints: [join(folder, 'main.ts')], outfile: join(DRAFT, PROGRAM) };
  await bundleForHost({ ...program, banner: { js: head }, footer: { js: tail } });
  assertAscii("the host's program", readFileSync(program.outfile, 'utf8'));
  await bundleForHost({ entryPoints: [join(folder, 'start.ts')], outfile: join(DRAFT, 'isolate-host.cjs') });
}

export async function makeBundles(): Promise<void> {
  mkdirSync(join(DRAFT_GUEST, 'packages'), { recursive: true });
  const bundles = Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, bundleOf(name)]));
  writeFileSync(join(DRAFT_GUEST, 'packages.json'), `${JSON.stringify(bundles, null, 2)}\n`);
  const packages = [...new Set(Object.values(bundles))].map(bundlePackage);
  await Promise.all([bundleBase(), bundleHost(), ...packages]);
  writeFileSync(BUNDLED_FILES, `${JSON.stringify([...bundled].sort(), null, 2)}\n`);
}
