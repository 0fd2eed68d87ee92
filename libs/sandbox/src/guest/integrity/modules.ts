/**
 * Modules are evaluated once and serve many runs. What a run changes in them (a default, an interceptor, a replaced method)
 * is put back before the next, as if each run had loaded them anew. What a driver keeps in variables of its own is out of
 * reach, but for what registers in `at-end.ts`.
 */
import { getPrototypeOf, hasOwn, isArray, ObjectPrototype } from '../primordials.ts';
import { knownBuiltIns, remembersBuiltIns } from './built-ins.ts';
import { innerParts } from './inner-parts.ts';
import { lend } from './lent.ts';
import { isAsPictured, type Picture, putBack, type Regard, takePicture } from './picture.ts';
import { createPlainFunctions } from './plain-functions.ts';
import { isObject, type Seen, visitReachable } from './reachable.ts';

const pictures: Picture[] = [];
/** Nobody means to change one of these: they are looked at, and not put back. */
const plain = createPlainFunctions();
/** What is remembered: of the language, or of a module that was loaded before. */
const known = new Set<object>();
const isKnown = (object: object): boolean => known.has(object) || knownBuiltIns.has(object);

const hasParts = (_key: unknown, { get, value }: PropertyDescriptor): boolean => get !== undefined || isObject(value);

const SETTINGS: Regard = { isOpen: false, looksAt: () => true };
/** Numbers and texts in classes and their instances are drivers' own counters and caches: those of ids must go on. */
const CLASS: Regard = { isOpen: false, looksAt: hasParts };
const INSTANCE: Regard = { isOpen: false, looksAt: hasParts };

function regardOf(object: object): Regard {
  if (typeof object === 'function') return CLASS;
  const prototype = getPrototypeOf(object);
  const isPlain = isArray(object) || prototype === ObjectPrototype || prototype === null;
  return isPlain || hasOwn(object, 'constructor') ? SETTINGS : INSTANCE;
}

export type Keeping = {
  /** What else the module leads to: what its getters give, and what only its instances have. */
  readonly leadsTo?: () => readonly unknown[];
  /** That no other module takes anything over from it. */
  readonly isApart?: boolean;
};

function keepOne(seen: Seen, isApart: boolean): void {
  known.add(seen.object);
  if (plain.add(seen)) return;
  const regard = regardOf(seen.object);
  const picture = takePicture(seen, regard);
  if (picture === undefined) return;
  pictures[pictures.length] = picture;
  if (!isApart && regard !== INSTANCE) lend(picture);
}

/**
 * Remembers a module as it is now, before any script has it, in an isolate that is to serve another run. What earlier modules
 * lead to is not looked at again: a script has had it, and may have put objects there that are none of a module's.
 */
export function keepModule(module: unknown, { leadsTo, isApart = false }: Keeping = {}): void {
  if (!remembersBuiltIns()) return;
  const inner: unknown[] = [];
  const keep = (seen: Seen): void => {
    const parts = innerParts(seen);
    for (let i = 0; i < parts.length; i++) inner[inner.length] = parts[i];
    keepOne(seen, isApart);
  };
  visitReachable([module, ...(leadsTo?.() ?? [])], isKnown, keep);
  if (inner.length > 0) visitReachable(inner, isKnown, keep);
}

/** Puts all modules back; false when one does not let itself be changed. */
export function restoreModules(): boolean {
  for (let i = 0; i < pictures.length; i++) {
    const picture = pictures[i] as Picture;
    if (!isAsPictured(picture) && !putBack(picture)) return false;
  }
  return plain.areIntact();
}
