/**
 * Whether a run left the built-ins as they were. A script may patch what it likes, but its next run must not meet the
 * patches: the host gives the isolate up then.
 */
import { clearTimers } from '../clock.ts';
import { isLazyGlobal, lazyGlobalsAreIntact } from '../globals/lazy-state.ts';
import {
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  namesOf,
  objectKeys,
  regExec,
  symbolsOf,
} from '../primordials.ts';
import { evaluation } from './evaluation.ts';
import { readKeptBytes } from './kept-values.ts';
import { lentIsIntact } from './lent.ts';
import { isAsPictured, type Picture, removeAdded, takePicture } from './picture.ts';
import { freezePlainFunction } from './plain-functions.ts';
import { lookAt, visitReachable } from './reachable.ts';
import { needsCloseLook } from './tripwires.ts';

const remembered: Picture[] = [];
let globals: Picture | undefined;
/** Whether a module was evaluated over patches, or not to its end: no look finds what it has of that. */
let isSpoilt = false;
let hasFailed = false;
const known = new Set<object>();

/** What is remembered already, and need not be again as a part of some module. */
export const knownBuiltIns: ReadonlySet<object> = known;

type Iterators = { from(iterator: object): { map(make: () => void): object } };

function iteratorsOfHelpers(): object[] {
  const { Iterator } = globalThis as unknown as { readonly Iterator: Iterators };
  const wrapped = Iterator.from({ next: () => ({ done: true, value: undefined }) });
  return [wrapped, wrapped.map(() => undefined)];
}

/** What stacks are made of, as `Error.prepareStackTrace` gets them. */
function callSite(): object {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  const [site] = new Error().stack as unknown as object[];
  Error.prepareStackTrace = prepareStackTrace;
  if (prepareStackTrace === undefined) deleteProperty(Error, 'prepareStackTrace');
  return site as object;
}

/** Classes of ours that only what the timers give leads to. */
function timerClasses(): object[] {
  const timers = [setTimeout(() => undefined), setImmediate(() => undefined)] as const;
  clearTimeout(timers[0]);
  clearImmediate(timers[1]);
  clearTimers();
  return timers.map((timer) => getPrototypeOf(timer) as object);
}

/** What every error's `stack` is read and written by. */
function stackAccessors(): unknown[] {
  const { get, set } = getOwnPropertyDescriptor(new Error(), 'stack') ?? {};
  return [get, set];
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
    ...iteratorsOfHelpers(),
    ''.matchAll(/x/g),
    new Uint8Array(),
    callSite(),
  ];
  return instances.map((instance) => getPrototypeOf(instance) as object);
}

const isGlobalObject = (object: object): boolean => object === globalThis;

/** By what the bundles evaluate their modules, see `build/guarded-modules.ts`. */
declare let __evaluate: typeof evaluating;

/** Takes the picture that later runs are compared with; called once, before any script. */
export function rememberBuiltIns(): void {
  __evaluate = evaluating;
  globals = takePicture(lookAt(globalThis), { isOpen: true, looksAt: (key) => !isLazyGlobal(key) });
  const values = (globals?.slots ?? []).map(({ value }) => value as unknown);
  const roots = [...values, ...hiddenBuiltIns(), ...timerClasses(), ...stackAccessors(), getPrototypeOf(globalThis)];
  visitReachable(roots, isGlobalObject, (seen) => {
    known.add(seen.object);
    const picture = freezePlainFunction(seen) ? undefined : takePicture(seen);
    if (picture !== undefined) remembered[remembered.length] = picture;
  });
}

/** False in an isolate that serves one run and is reset for no other. */
export const remembersBuiltIns = (): boolean => globals !== undefined;

/** Removes the globals that a run made; false when that cannot be done. */
export function restoreGlobals(): boolean {
  // Lazy globals are there from the start, so that their names are known, but they are looked at by themselves.
  if (globals === undefined || isSpoilt || !lazyGlobalsAreIntact()) return false;
  const names = needsCloseLook() ? namesOf(globalThis) : objectKeys(globalThis);
  return removeAdded(globals, names) && removeAdded(globals, symbolsOf(globalThis)) && isAsPictured(globals);
}

export function builtInsAreIntact(): boolean {
  for (let i = 0; i < remembered.length; i++) if (!isAsPictured(remembered[i] as Picture)) return false;
  return true;
}

/** Over built-ins or core modules that a script has patched, a module would keep the patches in variables of its own. */
function notePatches(): void {
  if (globals === undefined || isSpoilt) return;
  if (!(isAsPictured(globals) && builtInsAreIntact() && lentIsIntact())) isSpoilt = true;
}

/**
 * Evaluates a module, or a part of one, whenever that is: no later run gets an isolate in which it was done over patches, or was
 * broken off (a script that asks near the end of the stack has half a module, or one that nobody remembers). Only where a
 * package looks for what it can do without, an error is what it expects.
 */
export function evaluating(load: () => void): void {
  notePatches();
  const wasSpoilt = isSpoilt;
  // Before anything can be broken off, and afterwards without a call, which could be.
  isSpoilt = true;
  const { isUnderWay } = evaluation;
  evaluation.isUnderWay = true;
  try {
    load();
    if (!isUnderWay) readKeptBytes();
  } catch (error) {
    if ((error as { readonly code?: unknown } | undefined)?.code === 'MODULE_NOT_FOUND') isSpoilt = wasSpoilt;
    else hasFailed = true;
    throw error;
  } finally {
    evaluation.isUnderWay = isUnderWay;
  }
  isSpoilt = wasSpoilt || hasFailed;
}

const ANYTHING = /^/;
/** The engine keeps the text that was searched last, for `RegExp.input` and the like. */
export function forgetSearchedText(): void {
  regExec(ANYTHING, '');
}
