/**
 * Modules are evaluated once and serve many runs. What a run changes in them (a default, an interceptor, a replaced method)
 * is put back before the next, as if each run had loaded them anew. What a driver keeps in variables of its own is out of
 * reach, but for what registers in `at-end.ts`.
 */
import { getPrototypeOf, hasOwn, isArray, ObjectPrototype } from '../primordials.ts';
import { knownBuiltIns, remembersBuiltIns } from './built-ins.ts';
import { isAsPictured, type Picture, putBack, type Regard, takePicture } from './picture.ts';
import { createPlainFunctions } from './plain-functions.ts';
import { isObject, visitReachable } from './reachable.ts';

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

/**
 * Remembers a module as it is now, before any script has it, in an isolate that is to serve another run. What earlier modules
 * lead to is not looked at again: a script has had it, and may have put objects there that are none of a module's.
 */
export function keepModule(module: unknown): void {
  if (!remembersBuiltIns()) return;
  visitReachable([module], isKnown, (seen) => {
    known.add(seen.object);
    if (plain.add(seen)) return;
    const picture = takePicture(seen, regardOf(seen.object));
    if (picture !== undefined) pictures[pictures.length] = picture;
  });
}

/** Puts all modules back; false when one does not let itself be changed. */
export function restoreModules(): boolean {
  for (let i = 0; i < pictures.length; i++) {
    const picture = pictures[i] as Picture;
    if (!isAsPictured(picture) && !putBack(picture)) return false;
  }
  return plain.areIntact();
}
