/** `events`. */
import { listenersOf } from '../globals/events.ts';
import { EventEmitterAsyncResource } from './events/async-resource.ts';
import { EventEmitterFunction, errorMonitor, onRejection, validateCount } from './events/emitter.ts';
import { addAbortListener, on, once } from './events/waiting.ts';
import { invalidArgType } from './node-errors.ts';

type Emitter = import('node:events').EventEmitter;
type Target = Emitter | EventTarget;

const isEmitter = (target: unknown): target is Emitter =>
  typeof (target as Emitter | undefined)?.getMaxListeners === 'function';

const Base = EventEmitterFunction as unknown as typeof import('node:events').EventEmitter;

/** How many listeners an event target may have before it warns; it never does here. */
const targetMaxima = new WeakMap<object, number>();

function setMaxListeners(count: number = Base.defaultMaxListeners, ...targets: Target[]): void {
  validateCount(count, 'setMaxListeners');
  if (targets.length === 0) Base.defaultMaxListeners = count;
  for (const target of targets) {
    if (isEmitter(target)) target.setMaxListeners(count);
    else if (target instanceof EventTarget) targetMaxima.set(target, count);
    else throw invalidArgType('eventTargets', 'an instance of EventEmitter or EventTarget', target);
  }
}

function getMaxListeners(target: Target): number {
  if (isEmitter(target)) return target.getMaxListeners();
  if (target instanceof EventTarget)
    return targetMaxima.get(target) ?? (target instanceof AbortSignal ? 0 : Base.defaultMaxListeners);
  throw invalidArgType('emitter', 'an instance of EventEmitter or EventTarget', target);
}

function getEventListeners(target: Target, name: string | symbol): unknown[] {
  if (typeof (target as Emitter).listeners === 'function') return (target as Emitter).listeners(name);
  if (target instanceof EventTarget) return listenersOf(target as unknown as Parameters<typeof listenersOf>[0], name);
  throw invalidArgType('emitter', 'an instance of EventEmitter or EventTarget', target);
}

function listenerCount(target: Emitter, name: string | symbol): number {
  return typeof target.listenerCount === 'function'
    ? target.listenerCount(name)
    : getEventListeners(target, name).length;
}

export const events = Object.assign(Base, {
  EventEmitter: Base,
  EventEmitterAsyncResource,
  errorMonitor,
  captureRejectionSymbol: onRejection,
  usingDomain: false,
  once,
  on,
  addAbortListener,
  setMaxListeners,
  getMaxListeners,
  getEventListeners,
  listenerCount,
});
export const { EventEmitter } = events;
