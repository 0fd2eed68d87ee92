/**
 * What scripts get for a core module: the module itself, and for every function that Node documents and it lacks one
 * that says so when it is called. Drivers get the plain modules: they look what is there and go without the rest.
 */
import { create, defineProperty, getOwnPropertyDescriptor, ownKeys } from '../primordials.ts';
import { DOCUMENTED_FUNCTIONS } from './documented-functions.ts';
import { NOT_AVAILABLE, notAvailable } from './node-errors.ts';

type Bag = Record<PropertyKey, unknown>;

const isHolder = (value: unknown): value is Bag =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function addMissing(holder: Bag, key: string, fullName: string): void {
  if (key in holder) return;
  const value = notAvailable(fullName);
  defineProperty(holder, key, { value, writable: true, enumerable: false, configurable: true });
}

/** A method or static function of what the module has. */
function completeMember(module: Bag, name: string, fullName: string): void {
  const [first = '', member = ''] = name.split(/[.#]/);
  const { value } = getOwnPropertyDescriptor(module, first) ?? {};
  if (!isHolder(value) || NOT_AVAILABLE in value) return;
  const holder = name.includes('#') ? value.prototype : value;
  if (isHolder(holder) && Object.isExtensible(holder)) addMissing(holder, member, fullName);
}

/** Looks like the module and writes through to it, so that a setting made here counts there. */
function createFacade(module: Bag): Bag {
  const facade: Bag = {};
  for (const key of ownKeys(module)) {
    const { enumerable = true } = getOwnPropertyDescriptor(module, key) ?? {};
    defineProperty(facade, key, {
      get: () => module[key],
      set: (value: unknown) => {
        module[key] = value;
      },
      enumerable,
      configurable: true,
    });
  }
  return facade;
}

const finished: Record<string, unknown> = create(null);

function complete(name: string, module: unknown): unknown {
  if (!isHolder(module)) return module;
  const names = (DOCUMENTED_FUNCTIONS[name] ?? '').split(' ').filter((each) => each !== '');
  const members = names.filter((each) => /[.#]/.test(each));
  const missing = names.filter((each) => !/[.#]/.test(each) && !(each in module));
  for (const each of members) completeMember(module, each, `${name}.${each.replace('#', '.')}`);
  if (missing.length === 0) return module;
  const completed = typeof module === 'function' ? module : createFacade(module);
  for (const each of missing) addMissing(completed, each, `${name}.${each}`);
  return completed;
}

/** `process` is the global of that name, in which libraries look for what a system has: nothing is added to it. */
export function forScripts(name: string, module: unknown): unknown {
  if (name === 'process') return module;
  finished[name] ??= complete(name, module);
  return finished[name];
}

/** A core module that another one leads to, with all the members that it will ever have. */
export function completed(name: string, module: unknown): unknown {
  forScripts(name, module);
  return module;
}
