/** `AbortController` and `AbortSignal`; also what `readable-stream` gets for its `abort-controller`. */
import { timers } from '../modules/timers.ts';
import { endWithRun } from '../run/run-end.ts';
import { DOMException, Event, EventTarget } from './events.ts';

let constructing = false;

export class AbortSignal extends EventTarget {
  onabort: ((event: Event) => void) | null = null;
  #aborted = false;
  #reason: unknown;

  constructor() {
    super();
    if (!constructing) throw new TypeError('Illegal constructor');
  }
  get aborted(): boolean {
    return this.#aborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }
  static trigger(signal: AbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
    signal.dispatchEvent(new Event('abort'));
  }
  static abort(reason?: unknown): AbortSignal {
    const signal = createSignal();
    trigger(signal, reason);
    return signal;
  }
  static timeout(delayMs: number): AbortSignal {
    const signal = createSignal();
    const expire = (): void => {
      forget();
      trigger(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    };
    const timer = timers.setTimeout(expire, delayMs);
    // As in Node nothing waits for it.
    const forget = endWithRun(() => timers.clearTimeout(timer));
    return signal;
  }
  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const combined = createSignal();
    for (const signal of signals) {
      if (signal.aborted) {
        trigger(combined, signal.reason);
        break;
      }
      signal.addEventListener('abort', () => trigger(combined, signal.reason), { once: true });
    }
    return combined;
  }
}

/** Kept here and taken off the class: scripts abort through a controller only. */
const { trigger } = AbortSignal;
Reflect.deleteProperty(AbortSignal, 'trigger');

function createSignal(): AbortSignal {
  constructing = true;
  try {
    return new AbortSignal();
  } finally {
    constructing = false;
  }
}

export class AbortController {
  readonly #signal = createSignal();
  get signal(): AbortSignal {
    return this.#signal;
  }
  get [Symbol.toStringTag](): string {
    return 'AbortController';
  }
  abort(reason?: unknown): void {
    trigger(this.#signal, reason);
  }
}
