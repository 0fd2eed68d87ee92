/** A `process` with events, exit and an environment over the isolate's own: what a test file expects of its program. */
import { fail } from './ledger.ts';

type Listener = (...args: unknown[]) => unknown;

export type ProcessStandIn = {
  /** Runs the listeners of an event; were there any? */
  emit(event: string, ...args: unknown[]): boolean;
  hasListeners(event: string): boolean;
};

type ProgramFacts = {
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
  readonly openssl: string;
};

export const installProcess = ({ env, file, openssl }: ProgramFacts): ProcessStandIn => {
  const listeners = new Map<string, Listener[]>();
  const of = (event: string): Listener[] => {
    const found = listeners.get(event) ?? [];
    listeners.set(event, found);
    return found;
  };
  let written = '';
  const write = (text: unknown): boolean => {
    written = `${written}${String(text)}`.slice(-2000);
    return true;
  };
  const emit = (event: string, ...args: unknown[]): boolean => {
    const called = [...of(event)];
    for (const listener of called) listener.apply(standIn, args);
    return called.length > 0;
  };
  const remove = (event: string, listener: Listener): unknown => {
    const index = of(event).indexOf(listener);
    if (index >= 0) of(event).splice(index, 1);
    return standIn;
  };
  const on = (event: string, listener: Listener): unknown => {
    of(event).push(listener);
    return standIn;
  };
  const once = (event: string, listener: Listener): unknown => {
    const first: Listener = (...args) => {
      remove(event, first);
      return listener(...args);
    };
    return on(event, first);
  };
  const exit = (code: number = Number(standIn.exitCode ?? 0)): never => {
    const error = new Error(`process.exit(${code}) after: ${written.trim().replace(/\s+/g, ' ')}`);
    if (code !== 0) fail(error);
    throw Object.assign(error, { exitCode: code });
  };
  const own = { env: { ...env }, argv: ['node', file], exitCode: undefined as unknown, exit, emit, on, once };
  const more = {
    versions: { ...process.versions, openssl },
    addListener: on,
    prependListener: on,
    off: remove,
    removeListener: remove,
    removeAllListeners: (event: string) => void listeners.delete(event),
    listeners: (event: string) => [...of(event)],
    listenerCount: (event: string) => of(event).length,
    stdout: Object.assign(Object.create(process.stdout) as object, { write }),
    stderr: Object.assign(Object.create(process.stderr) as object, { write }),
  };
  const standIn = Object.assign(Object.create(process) as Record<string, unknown>, own, more);
  Object.defineProperty(globalThis, 'process', { value: standIn, writable: true, configurable: true });
  return { emit, hasListeners: (event) => of(event).length > 0 };
};
