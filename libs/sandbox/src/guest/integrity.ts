/**
 * Whether a run left the built-ins as they were. A script may patch what it likes, but its next run must not meet the
 * patches: the host gives the isolate up then. Values are compared, not property attributes: cheap enough for every run.
 */
import { isLazyGlobal, lazyGlobalsAreIntact } from './globals/lazy.ts';
import { deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, is, ownKeys } from './primordials.ts';

type Key = string | symbol;
type Remembered = {
  readonly object: object;
  readonly keyCount: number;
  readonly keys: readonly Key[];
  readonly values: readonly unknown[];
};

let remembered: Remembered[] = [];
let globals: Remembered | undefined;

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function remember(object: object, ignored: (key: Key) => boolean): Remembered {
  const all = ownKeys(object);
  const keys: Key[] = [];
  const values: unknown[] = [];
  for (const key of all) {
    const property = getOwnPropertyDescriptor(object, key);
    if (property === undefined || !('value' in property) || ignored(key)) continue;
    keys.push(key);
    values.push(property.value);
  }
  return { object, keyCount: all.length, keys, values };
}

/** Built-ins that no global names. */
function hiddenBuiltIns(): object[] {
  const generator = function* (): Generator {};
  const asyncGenerator = async function* (): AsyncGenerator {};
  const instances = [
    generator,
    generator(),
    asyncGenerator,
    asyncGenerator(),
    async () => undefined,
    [][Symbol.iterator](),
    ''[Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''.matchAll(/x/g),
    new Uint8Array(),
  ];
  return instances.flatMap((instance) => {
    const prototype = getPrototypeOf(instance) as object;
    return [prototype, getPrototypeOf(prototype) as object];
  });
}

/** Takes the picture that later runs are compared with; called once, before any script. */
export function rememberBuiltIns(): void {
  const objects = new Set<object>(hiddenBuiltIns());
  const picture = remember(globalThis, isLazyGlobal);
  for (const value of picture.values) {
    if (!isObject(value) || value === globalThis) continue;
    objects.add(value);
    const { prototype } = value as { prototype?: unknown };
    if (isObject(prototype)) objects.add(prototype);
  }
  globals = picture;
  remembered = [...objects].map((object) => remember(object, () => false));
}

function isIntact({ object, keys, values, keyCount }: Remembered): boolean {
  if (ownKeys(object).length !== keyCount) return false;
  for (let i = 0; i < keys.length; i++) {
    if (!is((object as Record<Key, unknown>)[keys[i] as Key], values[i])) return false;
  }
  return true;
}

/** Removes the globals that a run made; false when that cannot be done. */
export function restoreGlobals(): boolean {
  if (globals === undefined || !lazyGlobalsAreIntact()) return false;
  const now = ownKeys(globalThis);
  if (now.length === globals.keyCount) return isIntact(globals);
  for (let i = 0; i < now.length; i++) {
    const key = now[i] as Key;
    if (isKnown(key)) continue;
    if (!deleteProperty(globalThis, key)) return false;
  }
  return isIntact(globals);
}

function isKnown(key: Key): boolean {
  const { keys } = globals as Remembered;
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true;
  // What is not compared: lazy globals and accessors, which were there from the start.
  return isLazyGlobal(key);
}

export function builtInsAreIntact(): boolean {
  for (let i = 0; i < remembered.length; i++) if (!isIntact(remembered[i] as Remembered)) return false;
  return true;
}
