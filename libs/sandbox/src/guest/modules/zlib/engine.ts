/** An engine of Node's `zlib` in the host, taken step by step: what it makes comes only when it is asked for. */
import type { WireError } from '../../../bridge/operations.ts';
import { ask, createId, listen, send, toError, unlisten } from '../../bridge.ts';
import { crossing } from '../crypto/native.ts';
import type { Options } from './options.ts';

/** How a step is to be taken. */
export type Step = {
  readonly flush: number;
  /** How far the current buffer is filled, and its size. */
  readonly outputAt: number;
  readonly chunkSize: number;
  /** How many bytes are enough for one answer. */
  readonly wanted: number;
};

export type Stepped = {
  readonly output: Uint8Array;
  readonly outputAt: number;
  readonly more: boolean;
  readonly inputLeft: number;
};

export type Done = (error: Error | null, stepped?: Stepped) => void;

export type Engine = {
  /** Takes a step at once; no input means: go on with what is left. Throws what the engine says. */
  stepNow(input: Uint8Array | undefined, step: Step): Stepped;
  /** The same in the thread pool. */
  step(input: Uint8Array | undefined, step: Step, done: Done): void;
  params(level: number, strategy: number): void;
  reset(): void;
  close(): void;
};

/** What the engines themselves look at. */
const ENGINE_OPTIONS = [
  ...['windowBits', 'level', 'memLevel', 'strategy', 'dictionary'],
  ...['params', 'pledgedSrcSize', 'rejectGarbageAfterEnd'],
];

function engineOptions(options: Options | undefined): unknown {
  const given: Record<string, unknown> = {};
  for (const name of ENGINE_OPTIONS) if (options?.[name] !== undefined) given[name] = options[name];
  return crossing(given);
}

/** An exact copy, as what crosses must be. */
const copied = (input: Uint8Array | undefined): Uint8Array | undefined =>
  input === undefined ? undefined : new Uint8Array(input);

/** Opens an engine by the name of its class. Throws what Node throws for bad options. */
export function openEngine(name: string, options: Options | undefined): Engine {
  const id = ask('zlib.open', name, engineOptions(options)) as number;
  return {
    stepNow: (input, { flush, outputAt, chunkSize, wanted }) =>
      ask('zlib.step', id, copied(input), flush, outputAt, chunkSize, wanted) as Stepped,
    step(input, { flush, outputAt, chunkSize, wanted }, done) {
      const call = createId();
      listen(call, (type, answer) => {
        unlisten(call);
        if (type === 'ok') done(null, answer as Stepped | undefined);
        else done(toError(answer as WireError));
      });
      send(['zlib', call, id, copied(input), flush, outputAt, chunkSize, wanted], input?.byteLength);
    },
    params: (level, strategy) => void ask('zlib.params', id, level, strategy),
    reset: () => void ask('zlib.reset', id),
    close: () => send(['zlibClose', id]),
  };
}
