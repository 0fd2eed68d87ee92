/** `zlib` at the bridge: keeps the engines of one run and takes their steps, at once or in the thread pool. */
import { asBytes, asInteger, asText } from '../arguments.ts';
import type { EventQueue } from '../event-queue.ts';
import { QuotaExceeded } from '../limits.ts';
import { toWireError } from '../wire-error.ts';
import { createEngine } from './zlib-engines.ts';
import { ZLIB_LIMITS } from './zlib-limits.ts';
import { createShelf, type Open } from './zlib-shelf.ts';
import { asStep, inRange, startStep, stepNow } from './zlib-steps.ts';

type Args = readonly unknown[];
type Fields = Readonly<Record<string, unknown>>;

export type ZlibDesk = {
  /** Steps in the thread pool that are not over. */
  pending(): number;
  /** Questions by their names; they throw what the guest shall catch. */
  readonly questions: ReadonlyMap<string, (args: Args) => unknown>;
  /** Takes a step in the thread pool; the answer is an event. */
  step(callId: unknown, id: unknown, bytes: unknown, ...step: unknown[]): void;
  release(id: unknown): void;
  close(): void;
};

function optionsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) return {};
  const { dictionary, params, ...rest } = value as Fields;
  // Node hands it on unchecked, and its native code ends the process where it is none.
  if (rest.pledgedSrcSize !== undefined) inRange(rest.pledgedSrcSize, 0, Number.MAX_SAFE_INTEGER, 'pledgedSrcSize');
  if (ArrayBuffer.isView(dictionary) && dictionary.byteLength > ZLIB_LIMITS.dictionaryBytes) {
    throw new QuotaExceeded(`A dictionary of zlib may have ${ZLIB_LIMITS.dictionaryBytes} bytes`);
  }
  return {
    ...rest,
    ...(ArrayBuffer.isView(dictionary) ? { dictionary: asBytes(dictionary, 'dictionary') } : { dictionary }),
    ...(typeof params === 'object' && params !== null ? { params: { ...params } } : {}),
  };
}

export function createZlibDesk(events: EventQueue): ZlibDesk {
  const shelf = createShelf();
  let pending = 0;

  const openEngine = ([name, options]: Args): number =>
    shelf.add(() => createEngine(asText(name, 'name', 32), optionsOf(options)));
  /** Counts the memory, checks what is asked and takes the input in. */
  const ready = (id: unknown, bytes: unknown, asked: Args) => {
    const open = shelf.find(id);
    const step = asStep(open, asked);
    shelf.take(open, bytes);
    shelf.begin(open, step.flush === open.engine.flushLast);
    return { open, step };
  };
  /** Input is kept only where another step will go on with it. */
  const rest = (open: Open, more: boolean): void => {
    if (!more) shelf.drop(open);
  };
  const step = (rawCallId: unknown, id: unknown, bytes: unknown, ...asked: unknown[]): void => {
    const callId = asInteger(rawCallId, 'callId');
    try {
      const prepared = ready(id, bytes, asked);
      pending += 1;
      startStep(prepared.open, prepared.step, (error, stepped) => {
        pending -= 1;
        rest(prepared.open, stepped?.more === true);
        if (error !== null) events.emit([callId, 'err', toWireError(error)]);
        else events.emit([callId, 'ok', stepped], stepped?.output.byteLength ?? 0);
      });
    } catch (error) {
      events.emit([callId, 'err', toWireError(error)]);
    }
  };
  const stepAtOnce = ([id, bytes, ...asked]: Args): unknown => {
    const { open, step: prepared } = ready(id, bytes, asked);
    const stepped = stepNow(open, prepared);
    rest(open, stepped.more);
    return stepped;
  };
  /** Changes an engine between two steps. */
  const change = (id: unknown, how: (open: Open) => void): void => {
    const open = shelf.find(id);
    shelf.begin(open);
    how(open);
    if (open.engine.failure !== undefined) throw open.engine.failure;
  };
  const setParams = ([id, level, strategy]: Args): void =>
    change(id, ({ engine }) => {
      if (!engine.hasParams) return;
      engine.handle.params(inRange(level, -1, 9, 'level'), inRange(strategy, 0, 4, 'strategy'));
    });
  const reset = ([id]: Args): void =>
    change(id, (open) => {
      shelf.drop(open);
      open.engine.handle.reset();
    });

  return {
    pending: () => pending,
    questions: new Map<string, (args: Args) => unknown>([
      ['zlib.open', openEngine],
      ['zlib.step', stepAtOnce],
      ['zlib.params', setParams],
      ['zlib.reset', reset],
    ]),
    step,
    release: shelf.close,
    close: shelf.closeAll,
  };
}
