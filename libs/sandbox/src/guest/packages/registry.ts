/** `require` inside the isolate: core modules, packages whose bundles the host has brought, and nothing else. */
import { FUNCTION_MODULE } from '../../bridge/function-module.ts';
import { undoAtEnd } from '../at-end.ts';
import { ask } from '../bridge.ts';
import { evaluating, remembersBuiltIns } from '../integrity/built-ins.ts';
import { keeper } from '../integrity/kept-values.ts';
import { type Keeping, keepModule } from '../integrity/modules.ts';
import { forScripts } from '../modules/complete.ts';
import { DRIVER_MODULES, SCRIPT_MODULES } from '../modules/registry.ts';
import { create, hasOwn, indirectEval, regExec } from '../primordials.ts';
import { bcrypt } from './bcrypt.ts';
import { hiddenParts } from './hidden-parts.ts';
import { keepTypeParsers } from './pg-type-parsers.ts';
import { offerPgSessions } from './reuse/pg.ts';

type Require = (name: unknown) => unknown;
/** A package's bundle: a function of the `require` that finds core modules; it gives a maker for each module in it. */
export type PackageBundle = (requireCore: Require) => Readonly<Record<string, () => unknown>>;

const bundles: Record<string, PackageBundle> = create(null);
const opened: Record<string, ReturnType<PackageBundle>> = create(null);
const bundleOf: Record<string, string> = create(null);

/** Tells which packages the host can bring, and in which bundles they lie; called once, before any script. */
export function setPackages(packages: readonly (readonly [name: string, bundle: string])[]): void {
  for (const [name, bundle] of packages) bundleOf[name] = bundle;
}

/** Keeps a bundle that the host has evaluated; it is called when the package is first required. */
export function definePackage(name: string, bundle: PackageBundle): void {
  bundles[name] = bundle;
}

/** Bundles of ours, which scripts reach through globals and core modules alone. */
const isOurs = (name: string): boolean => name.startsWith('#');

const FOR_LODASH = ' Of lodash there are lodash/fp and, by themselves, its functions (lodash/get).';

function notFound(name: unknown): Error {
  const packages = Object.keys(bundleOf).filter((known) => !isOurs(known));
  const available = [...Object.keys(SCRIPT_MODULES), 'bcrypt', ...packages].sort().join(', ');
  const hint = regExec(/^lodash\//, String(name)) === null ? '' : FOR_LODASH;
  const error = new Error(`Cannot find module '${String(name)}'.${hint} Available modules: ${available}`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND' });
}

/**
 * Core modules whose classes a package's objects are of: a script has them by such an object, whether or not it requires the
 * module, which has to be remembered by then.
 */
const HANDED_ON: Readonly<Record<string, true>> = {
  events: true,
  http: true,
  https: true,
  net: true,
  stream: true,
  tls: true,
  zlib: true,
};

const requireCore: Require = (name) => {
  // Bundles have what they keep of a run put back by it.
  if (name === '#undo') return undoAtEnd;
  if (name === '#evaluate') return evaluating;
  if (name === '#keep') return keeper();
  const key = String(name).replace(/^node:/, '');
  const make = hasOwn(SCRIPT_MODULES, key) ? SCRIPT_MODULES[key] : DRIVER_MODULES[key];
  if (make === undefined) throw notFound(name);
  if (hasOwn(HANDED_ON, key) && remembersBuiltIns()) loadCore(key);
  return make();
};

/** A bundle that the scan of the source did not foresee: its text comes over the bridge. */
function fetchBundle(name: string): PackageBundle {
  return indirectEval(ask('package', name) as string) as PackageBundle;
}

const modules: Record<string, unknown> = create(null);

/** Evaluates a module when it is first asked for, and remembers what it is like before any script has it. */
function once(name: string, load: () => unknown, keeping?: Keeping): unknown {
  if (!(name in modules))
    evaluating(() => {
      modules[name] = load();
      keepModule(modules[name], keeping);
    });
  return modules[name];
}

function evaluatePackage(name: string): unknown {
  const bundle = bundleOf[name] as string;
  opened[bundle] ??= (bundles[bundle] ?? fetchBundle(bundle))(requireCore);
  const module = opened[bundle]?.[name]?.();
  if (name === 'pg') {
    undoAtEnd(keepTypeParsers(module));
    offerPgSessions(module);
  }
  return module;
}

const loadPackage = (name: string): unknown =>
  once(name, () => evaluatePackage(name), {
    leadsTo: () => hiddenParts(name, modules[name]),
    // Classes of the web are for packages, too.
    isApart: !isOurs(name),
  });

/** A core module as scripts get it: what drivers use of it lies under the same facade. */
const loadCore = (name: string): unknown =>
  once(name, () => {
    const module = (SCRIPT_MODULES[name] as () => unknown)();
    const shown = forScripts(name, module);
    // Once it has all its members: those that come later would be taken for a script's.
    keepModule(module);
    return shown;
  });

/** Evaluates a package as its first `require` would. */
export function evaluateAhead(name: string): void {
  loadPackage(name);
}

/** A module of the web platform. */
export const loadWeb = (name: string): unknown => loadPackage(name);

/** The very function that the package has, of `lodash/get` and the like; undefined where there is none. */
function functionAlone(key: string): unknown {
  const found = regExec(FUNCTION_MODULE, key);
  if (found === null) return undefined;
  const module = loadPackage(found[1] as string) as Readonly<Record<string, unknown>>;
  const member = found[2] as string;
  return hasOwn(module, member) && typeof module[member] === 'function' ? module[member] : undefined;
}

function requireForScript(name: unknown): unknown {
  const key = String(name).replace(/^node:/, '');
  if (hasOwn(SCRIPT_MODULES, key)) return loadCore(key);
  if (key === 'bcrypt') return once(key, () => bcrypt);
  if (key in bundleOf && !isOurs(key)) return loadPackage(key);
  const alone = functionAlone(key);
  if (alone !== undefined) return alone;
  throw notFound(name);
}

/** A `require` for one run of a script, which may put on it what it likes. */
export const createRequire = (): Require => ({ require: (name: unknown) => requireForScript(name) }).require;
