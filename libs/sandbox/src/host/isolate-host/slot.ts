/**
 * A slot: one isolate with the base in it. It serves one run at a time; the runs' bridges come and go, its three
 * callbacks stay. Nothing but `ivm.Callback`s and copies ever enters the isolate.
 */
import ivm from 'isolated-vm';
import type { GuestEvent, RunInput } from '../../bridge/operations.ts';
import { SCRIPT_NAME } from '../../bridge/script-source.ts';
import { collectGarbage } from './collect-garbage.ts';
import { type BridgeHandler, compileBundle, installGuest, OWN_CALL_MS } from './guest-references.ts';
import { createPendingCalls } from './pending-calls.ts';
import type { Bundle, RuntimeFiles } from './runtime-files.ts';

export type SlotOptions = {
  readonly memoryLimitBytes: number;
  /** It will serve one run: what a second one would need is not noted down, and it cannot be reset. */
  readonly isSingle: boolean;
  /** The isolate broke in a way that V8 does not recover from; the process must end. */
  readonly onCatastrophe: (message: string) => void;
};

/** What the heap has in use, and what it and the buffers hold together. */
export type MemoryInUse = { readonly heapBytes: number; readonly heldBytes: number };

export type Slot = {
  readonly memoryLimitBytes: number;
  /** By `performance.now`, which nobody sets. */
  readonly createdAtMs: number;
  isDisposed(): boolean;
  /** Whether a call into the isolate has not come back. */
  isBusy(): boolean;
  /** Resolves to true when all such calls have come back, to false when some have not after `graceMs`. */
  isLeft(graceMs: number): Promise<boolean>;
  setHandler(handler: BridgeHandler | undefined): void;
  /** Brings a package's bundle in; nothing happens when it is there already or there is none of that name. */
  loadPackage(name: string): Promise<void>;
  /**
   * Evaluates packages that were brought in, as a script's `require` would. False when it failed, or one of them asked for
   * more than a package may before there is a run: the isolate is then not as a new one any more.
   */
  evaluatePackages(names: readonly string[]): Promise<boolean>;
  runScript(input: RunInput, timeoutMs: number): Promise<void>;
  dispatch(events: readonly GuestEvent[], timeoutMs: number): Promise<void>;
  defines(source: string, name: string, timeoutMs: number): Promise<boolean>;
  /** Forgets the last run; false when the isolate is not fit for another. */
  reset(): Promise<boolean>;
  /** V8's code cache of a bundle, with the functions compiled that have run in this isolate. */
  makeCodeCache(bundle: Bundle): Promise<Uint8Array>;
  /** What V8 says, with the place in it, about a text that does not parse. */
  syntaxError(text: string): Promise<string | undefined>;
  memoryInUse(): Promise<MemoryInUse>;
  /** Gives back what nothing in it refers to any more; nothing happens while something runs in it. */
  freeMemory(): Promise<void>;
  cpuNs(): bigint;
  /** Ends the isolate; resolves to false when what runs in it has not stopped after `graceMs`. */
  dispose(graceMs: number): Promise<boolean>;
};

const MEBIBYTE = 1024 * 1024;
const COPY = { arguments: { copy: true } } as const;

async function cacheOf(isolate: ivm.Isolate, bundle: Bundle): Promise<Uint8Array> {
  const options = { filename: `userferry:${bundle.name}`, produceCachedData: true };
  const { cachedData } = (await isolate.compileScript(bundle.code(), options)) as {
    cachedData?: ivm.ExternalCopy<ArrayBuffer>;
  };
  if (cachedData === undefined) throw new Error(`V8 made no code cache of ${bundle.name}`);
  return new Uint8Array(cachedData.copy());
}

async function findSyntaxError(isolate: ivm.Isolate, text: string): Promise<string | undefined> {
  try {
    await isolate.compileScript(text, { filename: SCRIPT_NAME });
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  }
}

/** Makes an isolate with the base in it, ready for a run. */
export async function createSlot(files: RuntimeFiles, options: SlotOptions): Promise<Slot> {
  const isolate = new ivm.Isolate({
    memoryLimit: Math.max(8, Math.round(options.memoryLimitBytes / MEBIBYTE)),
    onCatastrophicError: options.onCatastrophe,
  });
  let handler: BridgeHandler | undefined;
  const context = isolate.createContextSync();
  const guest = await installGuest(isolate, context, files, () => handler, options.isSingle);
  const packages = new Set<string>();
  const calls = createPendingCalls();
  const { track } = calls;
  let isCollecting = false;

  return {
    memoryLimitBytes: options.memoryLimitBytes,
    createdAtMs: performance.now(),
    isDisposed: () => isolate.isDisposed,
    isBusy: () => calls.size() > 0,
    isLeft: calls.stopped,
    setHandler(next) {
      handler = next;
    },
    async loadPackage(name) {
      const bundle = files.packages.get(name);
      if (bundle === undefined || packages.has(bundle.name)) return;
      packages.add(bundle.name);
      const script = await compileBundle(isolate, bundle);
      const factory = (await script.run(context, { reference: true, timeout: OWN_CALL_MS })) as ivm.Reference;
      await guest.definePackage.apply(undefined, [bundle.name, factory.derefInto({ release: true })], {
        timeout: OWN_CALL_MS,
      });
    },
    async evaluatePackages(names) {
      // Not needed for a host's first isolate, and half of what Node has of cryptography comes with it.
      const { createQuietHandler } = await import('./quiet-handler.ts');
      const quiet = createQuietHandler();
      handler = quiet;
      try {
        if (names.length > 0) await guest.evaluate.apply(undefined, [names.join(',')], { timeout: OWN_CALL_MS });
        return quiet.wasQuiet();
      } catch {
        return false;
      } finally {
        handler = undefined;
      }
    },
    runScript: (input, timeout) =>
      track(guest.runScript.apply(undefined, [input], { ...COPY, timeout }) as Promise<unknown> as Promise<void>),
    dispatch: (events, timeout) =>
      track(guest.dispatch.apply(undefined, [events], { ...COPY, timeout }) as Promise<unknown> as Promise<void>),
    defines: (source, name, timeout) =>
      track(guest.defines.apply(undefined, [source, name], { timeout }) as Promise<unknown> as Promise<boolean>),
    async reset() {
      // isolated-vm keeps a timer for each call with a limit until that is over, and wakes a thread for it then.
      const late = setTimeout(() => isolate.dispose(), OWN_CALL_MS);
      try {
        return (await track(guest.reset.apply(undefined, []))) as boolean;
      } finally {
        clearTimeout(late);
      }
    },
    makeCodeCache: (bundle) => cacheOf(isolate, bundle),
    syntaxError: (text) => findSyntaxError(isolate, text),
    async memoryInUse() {
      const { used_heap_size: heapBytes, externally_allocated_size: bufferBytes } = await isolate.getHeapStatistics();
      return { heapBytes, heldBytes: heapBytes + bufferBytes };
    },
    async freeMemory() {
      if (calls.size() > 0 || isolate.isDisposed) return;
      isCollecting = true;
      await track(collectGarbage(isolate)).finally(() => {
        isCollecting = false;
      });
    },
    cpuNs: () => (isolate.isDisposed ? 0n : isolate.cpuTime),
    async dispose(graceMs) {
      if (!isolate.isDisposed) isolate.dispose();
      // Nothing breaks a collection off, and of a large heap on a busy machine it may take longer than any script is given.
      return calls.stopped(isCollecting ? OWN_CALL_MS : graceMs);
    },
  };
}
