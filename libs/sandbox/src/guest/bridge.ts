/**
 * The guest's end of the boundary: operations go out in batches, events come in through `dispatch`. The callbacks of
 * the host live in this module's scope and nowhere else.
 */
import type { GuestEvent, Operation, WireError } from '../bridge/operations.ts';
import {
  apply,
  bareList,
  create,
  defineProperty,
  NativeError,
  NativeRangeError,
  NativeTypeError,
  ownKeys,
} from './primordials.ts';
import { drainTicks } from './ticks.ts';

/** The host's callbacks, as `install` receives them. */
export type HostCallbacks = {
  /** Takes a batch and returns at once. */
  readonly post: (batch: Operation[]) => void;
  /** The same, but returns only after the host has taken the batch. */
  readonly postAndWait: (batch: Operation[]) => void;
  /** Answers a question; an error comes back as `{ error }`. */
  readonly ask: (question: string, args: unknown[]) => unknown;
};

type Listener = (type: string, a: unknown, b: unknown) => void;

const BATCH_OPERATIONS_MAX = 256;
const BATCH_BYTES_MAX = 256 * 1024;
/** Every so many batches one waits for the host, so that no script can run ahead of it. */
const WAIT_EVERY = 32;
/** Turns of the microtask queue in which other work may add to a batch: each batch wakes the host. */
const FLUSH_TURNS = 40;
/** Turns of the microtask queue that other work gets between two events of one batch. */
const SETTLE_TURNS = 8;

let host: HostCallbacks | undefined;
let outbox = bareList<Operation>();
let outboxBytes = 0;
let flushIsDue = false;
let batches = 0;
let nextId = 1;
/** Batches that are not told to their end. */
let undelivered = 0;
const listeners: Record<number, Listener> = create(null);
let onUncaught: (error: unknown) => void = () => undefined;

export function install(callbacks: HostCallbacks): void {
  host = callbacks;
}

/** As arguments of a call they take 64 KiB of stack. (A loop of so many turns would have V8 optimize all of this module.) */
const STACK_NEED: readonly undefined[] = Array.from({ length: 8192 });
const nothing = (): void => undefined;

/**
 * A callback of the host runs native code, which has 24 KiB of stack left where JavaScript meets its end, and crashes on
 * less than it needs. Throws the `RangeError` of a full stack before that.
 */
const assertRoomForNativeCode = (): void => apply(nothing, undefined, STACK_NEED);

export function setUncaughtHandler(handler: (error: unknown) => void): void {
  onUncaught = handler;
}

/** An error that no code of the script caught: it ends the run. */
export function uncaught(error: unknown): void {
  onUncaught(error);
}

export const createId = (): number => nextId++;

export function listen(id: number, listener: Listener): void {
  listeners[id] = listener;
}

export function unlisten(id: number): void {
  delete listeners[id];
}

async function flushSoon(): Promise<void> {
  for (let turn = 0; turn < FLUSH_TURNS; turn++) await undefined;
  // A turn of its own: there is nothing else on the stack.
  sendOut(false);
}

/** Sends what is queued; `wait` returns only once the host has it. */
export function flush(wait: boolean): void {
  if (outbox.length > 0) assertRoomForNativeCode();
  sendOut(wait);
}

function sendOut(wait: boolean): void {
  flushIsDue = false;
  if (outbox.length === 0 || host === undefined) return;
  const batch = outbox;
  outbox = bareList();
  outboxBytes = 0;
  batches += 1;
  if (wait || batches % WAIT_EVERY === 0) host.postAndWait(batch);
  else host.post(batch);
}

/** Queues one operation; `bytes` is the size of what it carries. */
export function send(operation: Operation, bytes = 0): void {
  outbox[outbox.length] = operation;
  outboxBytes += bytes;
  if (outbox.length >= BATCH_OPERATIONS_MAX || outboxBytes >= BATCH_BYTES_MAX) {
    flush(true);
  } else if (!flushIsDue) {
    flushIsDue = true;
    void flushSoon();
  }
}

function deliver(event: GuestEvent): void {
  const listener = listeners[event[0]];
  if (listener === undefined) return;
  try {
    listener(event[1], event[2], event[3]);
  } catch (error) {
    uncaught(error);
  }
  drainTicks();
}

async function deliverRest(batch: readonly GuestEvent[], from: number): Promise<void> {
  undelivered += 1;
  for (let i = from; i < batch.length; i++) {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) await undefined;
    deliver(batch[i] as GuestEvent);
  }
  undelivered -= 1;
}

/** The host's way in: one batch of events, in order. */
export function dispatch(batch: readonly GuestEvent[]): void {
  if (batch.length === 0) return;
  deliver(batch[0] as GuestEvent);
  if (batch.length > 1) void deliverRest(batch, 1);
}

/**
 * Waits for the host to carry out an operation, and what is queued before it. The events that it made at once are told soon,
 * past what is under way.
 */
export function act(operation: Operation): void {
  assertRoomForNativeCode();
  send(operation);
  const batch = outbox;
  outbox = bareList();
  outboxBytes = 0;
  // It filled the batch, and went with it.
  if (batch.length === 0) return;
  tellSoon(put('act', [batch]) as readonly GuestEvent[]);
}

/** Tells events that the guest knows of itself, or was given with an answer, once other work has had its turn. */
export function tellSoon(events: readonly GuestEvent[]): void {
  if (events.length > 0) void deliverRest(events, 0);
}

/** Whether events that have arrived are yet to be told. */
export const isDelivering = (): boolean => undelivered > 0;

/** Makes an error of this realm from what crossed the boundary. */
export function toError(wire: WireError): Error {
  const make =
    wire.name === 'TypeError' ? NativeTypeError : wire.name === 'RangeError' ? NativeRangeError : NativeError;
  const error = new make(wire.message);
  for (const key of ownKeys(wire) as string[]) {
    const value = wire[key];
    if (key === 'message' || key === 'stack' || value === undefined || value === error[key as 'name']) continue;
    defineProperty(error, key, { value, writable: true, enumerable: key !== 'name', configurable: true });
  }
  return error;
}

/** An answer that the host gives once, as events `ok` and `err`. */
export function request(start: (id: number) => Operation): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = createId();
    listen(id, (type, a) => {
      unlisten(id);
      if (type === 'ok') resolve(a);
      else reject(toError(a as WireError));
    });
    send(start(id));
  });
}

/** A question that the host answers at once. What was posted before it arrives before it. */
export function ask(question: string, ...args: unknown[]): unknown {
  assertRoomForNativeCode();
  sendOut(false);
  return put(question, args);
}

function put(question: string, args: unknown[]): unknown {
  const answer = host?.ask(question, args) as { error?: WireError; value?: unknown } | undefined;
  if (answer?.error !== undefined) throw toError(answer.error);
  return answer?.value;
}
