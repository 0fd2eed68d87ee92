/**
 * Modules are evaluated once and serve many runs. What a run changes in them (a default, an interceptor, a replaced method)
 * is put back before the next, as if each run had loaded them anew. What a driver keeps in variables of its own is out of
 * reach, but for what registers in `at-end.ts`, and for what `kept-values.ts` makes unchangeable.
 */
import { getPrototypeOf, hasOwn, isArray, ObjectPrototype } from '../primordials.ts';
import { knownBuiltIns, remembersBuiltIns } from './built-ins.ts';
import { innerParts } from './inner-parts.ts';
import { lend } from './lent.ts';
import { isAsPictured, type Picture, putBack, takePicture } from './picture.ts';
import { createPlainFunctions } from './plain-functions.ts';
import { type Seen, visitReachable } from './reachable.ts';

const pictures: Picture[] = [];
/** Nobody means to change one of these: they are looked at, and not put back. */
const plain = createPlainFunctions();
/** What is remembered: of the language, or of a module that was loaded before. */
const known = new Set<object>();
const isKnown = (object: object): boolean => known.has(object) || knownBuiltIns.has(object);

/** What a module makes of a class of its own. */
function isInstance(object: object): boolean {
  if (typeof object === 'function' || hasOwn(object, 'constructor')) return false;
  const prototype = getPrototypeOf(object);
  return !(isArray(object) || prototype === ObjectPrototype || prototype === null);
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
  const picture = takePicture(seen);
  if (picture === undefined) return;
  pictures[pictures.length] = picture;
  if (!isApart && !isInstance(seen.object)) lend(picture);
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
