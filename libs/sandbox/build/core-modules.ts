/** How bundled packages find core modules: those of the base's own registry, whoever asks. */

import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import {
  ABSENT_MODULES,
  EMPTY_MODULES,
  REFUSED_CLASSES,
  REPLACED_IN_UNDICI,
  REPLACED_MODULES,
  REWORDED,
} from './packages.ts';
import { SOURCE } from './paths.ts';

const BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith('_')));
const MODULES = join(SOURCE, 'guest', 'modules');

/** What npm packages inside the base bundle get for a core module: a property of the registry's `core`. */
const BASE_MODULES: Readonly<Record<string, string>> = {
  assert: 'core.assert',
  buffer: 'core.buffer',
  events: 'core.events',
  process: 'core.process',
  punycode: 'core.punycode',
  stream: 'core.stream',
  string_decoder: 'core.stringDecoder',
  url: 'core.url',
  util: 'core.util',
};

const coreName = (path: string): string => path.replace(/^node:/, '').replace(/\/$/, '');

/** In the base bundle, third-party code that requires a core module gets ours. */
export const coreModulesOfBase: Plugin = {
  name: 'core-modules-of-base',
  setup(build) {
    const ofPackages = /^(node:)?(assert|buffer|events|process|punycode|stream|string_decoder|url|util)\/?$/;
    build.onResolve({ filter: ofPackages }, ({ path, importer }) =>
      importer.startsWith(join(SOURCE, 'guest')) ? undefined : { path: coreName(path), namespace: 'core' },
    );
    build.onResolve({ filter: /^abort-controller$/ }, () => ({
      path: join(SOURCE, 'guest', 'globals', 'abort.ts'),
    }));
    // Its main file asks for `util` while `util` itself is still being made.
    build.onResolve({ filter: /^inherits$/ }, ({ resolveDir, kind }) =>
      build.resolve('inherits/inherits_browser.js', { resolveDir, kind }),
    );
    build.onResolve({ filter: /^tr46$/ }, () => ({ path: join(SOURCE, 'guest', 'idna.ts') }));
    build.onLoad({ filter: /.*/, namespace: 'core' }, ({ path }) => ({
      contents: `const { core } = require('./registry.ts'); module.exports = ${BASE_MODULES[path]};`,
      resolveDir: MODULES,
    }));
  },
};

const absent = (name: string): string =>
  `throw Object.assign(new Error("Cannot find module '${name}'"), { code: 'MODULE_NOT_FOUND' });`;

const refused = (message: string): string =>
  `module.exports = class { constructor() { throw Object.assign(new Error("${message}"), { code: 'EACCES' }); } };`;

/** A file with the texts for it replaced. Each must be there once: another version may have it otherwise. */
function reworded(path: string): string {
  return REWORDED.filter(({ file }) => file.test(path)).reduce(
    (source, { text, instead }) => {
      const parts = source.split(text);
      if (parts.length !== 2) throw new Error(`${path} has not one ${text.trim()}`);
      return parts.join(instead);
    },
    readFileSync(path, 'utf8'),
  );
}

/** In a package's bundle, core modules stay `require` calls, which the base answers. */
export const coreModulesOfPackages: Plugin = {
  name: 'core-modules-of-packages',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point') return undefined;
      const [file, meant] = Object.hasOwn(REPLACED_MODULES, path) ? (REPLACED_MODULES[path] as string).split('#') : [];
      const ours = file === undefined ? importer : join(SOURCE, file);
      // By its path from here: the name stands in the bundle.
      if (file !== undefined && ours !== importer && meant !== undefined)
        return { path: `./${file}#${meant}`, namespace: 'replaced' };
      if (ours !== importer) return { path: ours };
      const inUndici = importer.includes('/node_modules/undici/') ? REPLACED_IN_UNDICI[path] : undefined;
      if (inUndici !== undefined) return { path: join(SOURCE, inUndici) };
      if (path === '#reuse' || path === '#undo') return { path, external: true };
      if (ABSENT_MODULES.includes(path)) return { path, namespace: 'absent' };
      if (EMPTY_MODULES.includes(path)) return { path, namespace: 'empty' };
      if (Object.hasOwn(REFUSED_CLASSES, path)) return { path, namespace: 'refused' };
      return BUILTINS.has(coreName(path)) ? { path: coreName(path), external: true } : undefined;
    });
    for (const { file } of REWORDED) {
      build.onLoad({ filter: file }, ({ path }) => ({ contents: reworded(path), loader: 'js' }));
    }
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({ contents: absent(path) }));
    build.onLoad({ filter: /.*/, namespace: 'refused' }, ({ path }) => ({
      contents: refused(REFUSED_CLASSES[path] as string),
    }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => {
      const [file, meant] = path.split('#');
      return { contents: `module.exports = require(${JSON.stringify(file)}).${meant};`, resolveDir: SOURCE };
    });
  },
};
