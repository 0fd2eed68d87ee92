/** `Event`, `EventTarget`, `DOMException`. */
type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };
type ListenerOptions = boolean | { readonly once?: boolean; readonly signal?: AbortSignal };
type Registered = { readonly listener: Listener; readonly once: boolean };

const DOM_CODES: Readonly<Record<string, number>> = {
  InvalidCharacterError: 5,
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  NetworkError: 19,
  AbortError: 20,
  QuotaExceededError: 22,
  TimeoutError: 23,
  DataCloneError: 25,
};

export class DOMException extends Error {
  declare readonly code: number;
  constructor(message = '', options: string | { readonly name?: string; readonly cause?: unknown } = 'Error') {
    super(String(message));
    const name = typeof options === 'string' ? options : (options.name ?? 'Error');
    Object.defineProperty(this, 'name', { value: name, configurable: true });
    if (typeof options === 'object' && 'cause' in options) this.cause = options.cause;
    Object.defineProperty(this, 'code', { value: DOM_CODES[name] ?? 0, configurable: true });
  }
}

type EventOptions = { readonly cancelable?: boolean; readonly bubbles?: boolean; readonly composed?: boolean };

export class Event {
  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;
  readonly type: string;
  readonly cancelable: boolean;
  readonly bubbles: boolean;
  readonly composed: boolean;
  readonly timeStamp = Date.now();
  defaultPrevented = false;
  target: unknown = null;
  currentTarget: unknown = null;
  #stopped = false;
  #isCancelled = false;
  constructor(type: string, options?: EventOptions) {
    this.type = String(type);
    this.cancelable = options?.cancelable === true;
    this.bubbles = options?.bubbles === true;
    this.composed = options?.composed === true;
  }
  get eventPhase(): number {
    return this.currentTarget === null ? Event.NONE : Event.AT_TARGET;
  }
  get srcElement(): unknown {
    return this.target;
  }
  get returnValue(): boolean {
    return !this.defaultPrevented;
  }
  get cancelBubble(): boolean {
    return this.#isCancelled;
  }
  set cancelBubble(isCancelled: boolean) {
    if (isCancelled) this.stopPropagation();
  }
  composedPath(): unknown[] {
    return this.currentTarget === null ? [] : [this.currentTarget];
  }
  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }
  stopPropagation(): void {
    this.#isCancelled = true;
  }
  stopImmediatePropagation(): void {
    this.stopPropagation();
    this.#stopped = true;
  }
  static isStopped(event: Event): boolean {
    return event.#stopped;
  }
}

export class CustomEvent extends Event {
  readonly #detail: unknown;
  constructor(type: string, options?: { readonly cancelable?: boolean; readonly detail?: unknown }) {
    super(type, options);
    this.#detail = options?.detail ?? null;
  }
  get detail(): unknown {
    return this.#detail;
  }
}

function call(target: unknown, listener: Listener, event: Event): void {
  if (typeof listener === 'function') listener.call(target, event);
  else listener.handleEvent(event);
}

export class EventTarget {
  readonly #listeners = new Map<string, Registered[]>();

  addEventListener(type: string, listener: Listener | null, options?: ListenerOptions): void {
    if (!listener) return;
    const { once, signal } = typeof options === 'object' ? options : {};
    if (signal?.aborted) return;
    const registered = this.#listeners.get(type) ?? [];
    if (registered.some((entry) => entry.listener === listener)) return;
    this.#listeners.set(type, [...registered, { listener, once: once === true }]);
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  }

  removeEventListener(type: string, listener: Listener | null): void {
    const registered = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      registered.filter((entry) => entry.listener !== listener),
    );
  }

  dispatchEvent(event: Event): boolean {
    event.target = this;
    event.currentTarget = this;
    const handler = (this as unknown as Record<string, unknown>)[`on${event.type}`];
    if (typeof handler === 'function') handler.call(this, event);
    for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
      if (once) this.removeEventListener(event.type, listener);
      call(this, listener, event);
      if (isStopped(event)) break;
    }
    event.currentTarget = null;
    return !event.defaultPrevented;
  }

  static listenersOf(target: EventTarget, type: unknown): unknown[] {
    return (target.#listeners.get(String(type)) ?? []).map(({ listener }) => listener);
  }
}

/** Kept here and taken off the classes: scripts see what Node's have. */
const { isStopped } = Event;
Reflect.deleteProperty(Event, 'isStopped');
export const { listenersOf } = EventTarget;
Reflect.deleteProperty(EventTarget, 'listenersOf');
