/**
 * A slot: one isolate with the base in it. It serves one run at a time; the runs' bridges come and go, its three
 * callbacks stay. Nothing but `ivm.Callback`s and copies ever enters the isolate.
 */
import ivm from 'isolated-vm';
import type { GuestEvent, Operation, RunInput } from '../../bridge/operations.ts';
import type { Bundle, RuntimeFiles } from './runtime-files.ts';

/** Takes what the guest of the current run says. */
export type BridgeHandler = {
  onOperations(batch: readonly Operation[]): void;
  onQuestion(question: string, args: readonly unknown[]): { value: unknown } | { error: object };
};

export type SlotOptions = {
  readonly memoryLimitBytes: number;
  /** The isolate broke in a way that V8 does not recover from; the process must end. */
  readonly onCatastrophe: (message: string) => void;
};

export type Slot = {
  readonly memoryLimitBytes: number;
  readonly createdAtMs: number;
  readonly isDisposed: boolean;
  readonly packages: ReadonlySet<string>;
  setHandler(handler: BridgeHandler | undefined): void;
  loadPackage(name: string): Promise<void>;
  runScript(input: RunInput, timeoutMs: number): Promise<void>;
  dispatch(events: readonly GuestEvent[], timeoutMs: number): Promise<void>;
  defines(source: string, name: string, timeoutMs: number): Promise<boolean>;
  reset(): Promise<boolean>;
  warmUp(packages: readonly string[]): Promise<void>;
  makeCodeCache(bundle: Bundle): Promise<Uint8Array>;
  /** Where the source does not parse: V8's message with the place in it. */
  syntaxError(source: string): Promise<string | undefined>;
  heapBytes(): Promise<number>;
  cpuNs(): bigint;
  /** Ends the isolate; resolves to false when what runs in it has not stopped after `graceMs`. */
  dispose(graceMs: number): Promise<boolean>;
};

const MEBIBYTE = 1024 * 1024;
/** No call into an isolate is without a limit, our own included. */
const OWN_CALL_MS = 5000;

let rejectedCaches = 0;
/** How many code caches V8 refused in this process; each of those scripts was compiled without. */
export const rejectedCodeCaches = (): number => rejectedCaches;

async function compile(isolate: ivm.Isolate, bundle: Bundle): Promise<ivm.Script> {
  const { cache } = bundle;
  const script = await isolate.compileScript(bundle.code, {
    filename: `userferry:${bundle.name}`,
    ...(cache === undefined ? {} : { cachedData: cache }),
  });
  if ((script as { cachedDataRejected?: boolean }).cachedDataRejected === true) rejectedCaches += 1;
  return script;
}

type Guest = Readonly<
  Record<'install' | 'definePackage' | 'dispatch' | 'runScript' | 'reset' | 'defines', ivm.Reference>
>;

async function guestOf(completion: ivm.Reference): Promise<Guest> {
  const names = ['install', 'definePackage', 'dispatch', 'runScript', 'reset', 'defines'] as const;
  const entries = names.map((name) => [name, completion.getSync(name as never, { reference: true })]);
  completion.release();
  return Object.fromEntries(entries) as Guest;
}

const NO_RUN = { error: { message: 'No run is under way', code: 'ERR_NO_RUN' } };

/** Makes an isolate with the base in it, ready for a run. */
export async function createSlot(files: RuntimeFiles, options: SlotOptions): Promise<Slot> {
  const isolate = new ivm.Isolate({
    memoryLimit: Math.max(8, Math.round(options.memoryLimitBytes / MEBIBYTE)),
    onCatastrophicError: options.onCatastrophe,
  });
  const context = await isolate.createContext();
  const base = await compile(isolate, files.base);
  const completion = await base.run(context, { reference: true, timeout: OWN_CALL_MS });
  const guest = await guestOf(completion as ivm.Reference);
  let handler: BridgeHandler | undefined;
  const post = (batch: Operation[]): void => handler?.onOperations(batch);
  const callbacks = [
    new ivm.Callback(post, { ignored: true }),
    new ivm.Callback(post, { sync: true }),
    new ivm.Callback((question: string, args: unknown[]) => handler?.onQuestion(question, args) ?? NO_RUN, {
      sync: true,
    }),
  ];
  await guest.install.apply(undefined, [...callbacks, [...files.packages.keys()].join(',')], { timeout: OWN_CALL_MS });

  const packages = new Set<string>();
  const pending = new Set<Promise<unknown>>();
  const track = <T>(call: Promise<T>): Promise<T> => {
    const settled = call.then(
      () => pending.delete(settled),
      () => pending.delete(settled),
    );
    pending.add(settled);
    return call;
  };
  const stopped = (graceMs: number): Promise<boolean> =>
    Promise.race([
      Promise.all(pending).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), graceMs).unref()),
    ]);

  return {
    memoryLimitBytes: options.memoryLimitBytes,
    createdAtMs: Date.now(),
    get isDisposed() {
      return isolate.isDisposed;
    },
    packages,
    setHandler(next) {
      handler = next;
    },
    async loadPackage(name) {
      const bundle = files.packages.get(name);
      if (bundle === undefined || packages.has(name)) return;
      packages.add(name);
      const script = await compile(isolate, bundle);
      const factory = (await script.run(context, { reference: true, timeout: OWN_CALL_MS })) as ivm.Reference;
      await guest.definePackage.apply(undefined, [name, factory.derefInto({ release: true })], {
        timeout: OWN_CALL_MS,
      });
    },
    runScript: (input, timeoutMs) =>
      track(
        guest.runScript.apply(undefined, [input], { arguments: { copy: true }, timeout: timeoutMs }),
      ) as Promise<void>,
    dispatch: (events, timeoutMs) =>
      track(
        guest.dispatch.apply(undefined, [events], { arguments: { copy: true }, timeout: timeoutMs }),
      ) as Promise<void>,
    defines: (source, name, timeoutMs) =>
      track(guest.defines.apply(undefined, [source, name], { timeout: timeoutMs })) as Promise<boolean>,
    reset: () => track(guest.reset.apply(undefined, [], { timeout: OWN_CALL_MS })) as Promise<boolean>,
    async warmUp(names) {
      const source = `module.exports = () => { ${names.map((name) => `require(${JSON.stringify(name)});`).join('')} }`;
      const random = new Uint8Array(64);
      const input = { source, functionName: 'warmUp', argsJson: '[]', envJson: '{}', random };
      await this.runScript(input, OWN_CALL_MS);
    },
    async makeCodeCache(bundle) {
      const script = await isolate.compileScript(bundle.code, {
        filename: `userferry:${bundle.name}`,
        produceCachedData: true,
      });
      const { cachedData } = script as { cachedData?: ivm.ExternalCopy<ArrayBuffer> };
      if (cachedData === undefined) throw new Error(`V8 made no code cache of ${bundle.name}`);
      return new Uint8Array(cachedData.copy());
    },
    async syntaxError(source) {
      try {
        await isolate.compileScript(source, { filename: 'script.js' });
        return undefined;
      } catch (error) {
        return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
      }
    },
    heapBytes: async () => (await isolate.getHeapStatistics()).used_heap_size,
    cpuNs: () => (isolate.isDisposed ? 0n : isolate.cpuTime),
    async dispose(graceMs) {
      if (!isolate.isDisposed) isolate.dispose();
      return stopped(graceMs);
    },
  };
}
