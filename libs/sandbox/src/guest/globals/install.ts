/** Puts the globals of Node and of the web platform in place. What is large is made when first touched. */

import { uncaught } from '../bridge.ts';
import { Buffer, buffer } from '../modules/buffer.ts';
import { validateFunction } from '../modules/node-errors.ts';
import { process } from '../modules/process.ts';
import { timers } from '../modules/timers.ts';
import { AbortController, AbortSignal } from './abort.ts';
import { console } from './console.ts';
import { CustomEvent, DOMException, Event, EventTarget } from './events.ts';
import { defineGlobal, installLazyGlobals } from './lazy.ts';
import { restoreName } from './lazy-value.ts';
import { performance } from './performance.ts';
import { scriptErrors } from './script-errors.ts';
import { TextDecoder, TextEncoder } from './text-encoding.ts';

async function runMicrotask(callback: () => void): Promise<void> {
  await undefined;
  try {
    callback();
  } catch (error) {
    uncaught(error);
  }
}

function queueMicrotask(callback: () => void): void {
  validateFunction(callback, 'callback');
  void runMicrotask(callback);
}

export function installGlobals(): void {
  const { promises: _promises, active: _active, enroll: _enroll, unenroll: _unenroll, ...timerFunctions } = timers;
  const eager = {
    ...timerFunctions,
    ...scriptErrors,
    global: globalThis,
    process,
    Buffer,
    console,
    queueMicrotask,
    performance,
    atob: buffer.atob,
    btoa: buffer.btoa,
    TextEncoder,
    TextDecoder,
    DOMException,
    CustomEvent,
    Event,
    EventTarget,
    AbortController,
    AbortSignal,
  };
  for (const [name, value] of Object.entries(eager)) {
    restoreName(name, value);
    defineGlobal(name, value);
  }
  installLazyGlobals();
}
