import { join } from 'node:path';
import { runInSandbox } from '../modules/sandbox-state.ts';

/** Where the list stands from which the declarations are made. */
export const GUEST_VALUES_FILE = join(import.meta.dirname, '../../libs/script-types/src/guest-values.json');

/** What `typeof` says; `unavailable`: a function that throws by name when it is called. */
export type GuestKind = 'function' | 'object' | 'string' | 'number' | 'boolean' | 'bigint' | 'symbol' | 'unavailable';
/** By module, and under `globalThis`: every name that a script finds there. */
export type GuestValues = Readonly<Record<string, Readonly<Record<string, GuestKind>>>>;

/** Runs inside the sandbox: everything that a module or the global object gives, by name. */
const WALK = `
const MARK = Symbol.for('userferry.notAvailable');
function kindOf(value) {
  if (value === null) return 'object';
  return typeof value === 'function' && value[MARK] ? 'unavailable' : typeof value;
}
function valuesOf(holder) {
  const kinds = {};
  const names = new Set(Object.getOwnPropertyNames(holder));
  for (const name in holder) names.add(name);
  for (const name of [...names].sort()) {
    if (!/^[A-Za-z$_][\\w$]*$/.test(name)) continue;
    if (typeof holder === 'function' && ['length', 'name', 'prototype', 'arguments', 'caller'].includes(name)) continue;
    let value;
    try { value = holder[name]; } catch { continue; }
    if (value !== undefined) kinds[name] = kindOf(value);
  }
  return kinds;
}
async function walk(modules) {
  const values = { globalThis: { ...valuesOf(globalThis), require: typeof require, module: typeof module, exports: typeof exports } };
  for (const name of modules) values[name] = valuesOf(require(name));
  return values;
}`;

/** Every value that a script can name in the built sandbox. */
export const guestValues = async (): Promise<GuestValues> =>
  (await runInSandbox({ source: WALK, functionName: 'walk', argsOf: (modules) => [modules.map(({ name }) => name)] }))
    .result as GuestValues;

/** As the file holds it: a line for each module. */
export const guestValuesText = (values: GuestValues): string =>
  `{\n${Object.entries(values)
    .map(([module, kinds]) => `${JSON.stringify(module)}: ${JSON.stringify(kinds)}`)
    .join(',\n')}\n}\n`;
