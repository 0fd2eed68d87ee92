import { createRequire } from 'node:module';
import { NODE_12_NAMES } from './node-12-names.ts';

/** The functions that a module gives: `name`, `Class.name` for static ones, `Class#name` for methods. */
export type Documented = { readonly module: string; readonly functions: readonly string[] };

const OF_EVERY_FUNCTION = new Set(['length', 'name', 'prototype', 'arguments', 'caller', 'constructor']);
/** Streams of the process and its settings: what lies in them belongs to other modules, or to nobody. */
const NOT_ENTERED = new Set([
  'stdin',
  'stdout',
  'stderr',
  'env',
  'mainModule',
  'webcrypto',
  'subtle',
  'strict',
  'promises',
]);

const isPublic = (name: string): boolean => !name.startsWith('_') && !OF_EVERY_FUNCTION.has(name);

/** Own members, getters that throw left out. */
function membersOf(holder: object): [name: string, value: unknown][] {
  return Object.getOwnPropertyNames(holder)
    .filter(isPublic)
    .flatMap((name): [string, unknown][] => {
      try {
        return [[name, (holder as Record<string, unknown>)[name]]];
      } catch {
        return [];
      }
    });
}

/** Getters are not called: on a class they have no instance to look at. */
const functionsIn = (holder: object): string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([name, { value }]) =>
    isPublic(name) && typeof value === 'function' ? [name] : [],
  );

function isClass(name: string, value: unknown): value is { readonly prototype: object } {
  const { prototype } = value as { prototype?: unknown };
  return /^[A-Z]/.test(name) && typeof prototype === 'object' && prototype !== null;
}

/** A class that is the module itself tells nothing new by its static functions. */
function namesOf(name: string, value: unknown, module: object): string[] {
  if (typeof value === 'function') {
    if (!isClass(name, value)) return [name];
    const statics =
      value === module ? [] : functionsIn(value).filter((own) => value[own as never] !== module[own as never]);
    return [
      name,
      ...statics.map((own) => `${name}.${own}`),
      ...functionsIn(value.prototype).map((own) => `${name}#${own}`),
    ];
  }
  if (typeof value !== 'object' || value === null || NOT_ENTERED.has(name)) return [];
  return functionsIn(value).map((own) => `${name}.${own}`);
}

/** What this very Node gives, and what Node 12 gave. */
export function documentedFunctions(module: string): Documented {
  const real = createRequire(import.meta.url)(`node:${module}`) as object;
  const names = membersOf(real).flatMap(([name, value]) => namesOf(name, value, real));
  return { module, functions: [...new Set([...names, ...(NODE_12_NAMES[module] ?? [])])].sort() };
}
