/** `require` inside the isolate: core modules, packages whose bundles the host has brought, and nothing else. */
import { ask } from '../bridge.ts';
import { DRIVER_MODULES, SCRIPT_MODULES } from '../modules/registry.ts';
import { create, indirectEval } from '../primordials.ts';
import { bcrypt } from './bcrypt.ts';

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

function notFound(name: unknown): Error {
  const available = [...Object.keys(SCRIPT_MODULES), 'bcrypt', ...Object.keys(bundleOf)].sort().join(', ');
  const error = new Error(`Cannot find module '${String(name)}'. Available modules: ${available}`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND' });
}

const requireCore: Require = (name) => {
  const key = String(name).replace(/^node:/, '');
  const make = Object.hasOwn(SCRIPT_MODULES, key) ? SCRIPT_MODULES[key] : DRIVER_MODULES[key];
  if (make === undefined) throw notFound(name);
  return make();
};

/** A bundle that the scan of the source did not foresee: its text comes over the bridge. */
function fetchBundle(name: string): PackageBundle {
  return indirectEval(ask('package', name) as string) as PackageBundle;
}

/** The modules themselves are kept by the bundle. */
function loadPackage(name: string): unknown {
  const bundle = bundleOf[name] as string;
  opened[bundle] ??= (bundles[bundle] ?? fetchBundle(bundle))(requireCore);
  return opened[bundle]?.[name]?.();
}

/** The `require` that scripts get. */
export function requireForScript(name: unknown): unknown {
  const key = String(name).replace(/^node:/, '');
  if (Object.hasOwn(SCRIPT_MODULES, key)) return (SCRIPT_MODULES[key] as () => unknown)();
  if (key === 'bcrypt') return bcrypt;
  if (key in bundleOf) return loadPackage(key);
  throw notFound(name);
}
