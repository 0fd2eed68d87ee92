/** The isolate of a slot with the base in it, and the host's handles on what the base offers. */
import ivm from 'isolated-vm';
import type { Operation } from '../../bridge/operations.ts';
import type { Bundle, RuntimeFiles } from './runtime-files.ts';

const FUNCTIONS = ['install', 'definePackage', 'dispatch', 'runScript', 'reset', 'defines', 'evaluate'] as const;

export type Guest = Readonly<Record<(typeof FUNCTIONS)[number], ivm.Reference>>;

/** Takes what the guest of the current run says. */
export type BridgeHandler = {
  onOperations(batch: readonly Operation[]): void;
  onQuestion(question: string, args: readonly unknown[]): { value: unknown } | { error: object };
};

/** No call into an isolate is without a limit, our own included. */
export const OWN_CALL_MS = 5000;

const NO_RUN = { error: { message: 'No run is under way', code: 'ERR_NO_RUN' } };

let rejectedCaches = 0;
/** How many code caches V8 refused in this process; each of those scripts was compiled without. */
export const rejectedCodeCaches = (): number => rejectedCaches;

/** Compiles one of our own bundles, with its code cache if V8 takes it. */
export async function compileBundle(isolate: ivm.Isolate, bundle: Bundle): Promise<ivm.Script> {
  const cache = bundle.cache();
  try {
    const script = await isolate.compileScript(bundle.code(), {
      filename: `userferry:${bundle.name}`,
      ...(cache === undefined ? {} : { cachedData: cache }),
    });
    if ((script as { cachedDataRejected?: boolean }).cachedDataRejected === true) rejectedCaches += 1;
    return script;
  } finally {
    cache?.release();
  }
}

async function guestOf(isolate: ivm.Isolate, context: ivm.Context, base: Bundle): Promise<Guest> {
  const script = await compileBundle(isolate, base);
  const completion = (await script.run(context, { reference: true, timeout: OWN_CALL_MS })) as ivm.Reference;
  const entries = FUNCTIONS.map((name) => [name, completion.getSync(name as never, { reference: true })]);
  completion.release();
  return Object.fromEntries(entries) as Guest;
}

/**
 * Puts the base into a context. `current` is asked for the run's handler whenever the guest speaks. `isSingle`: it will serve
 * one run.
 */
export async function installGuest(
  isolate: ivm.Isolate,
  context: ivm.Context,
  files: RuntimeFiles,
  current: () => BridgeHandler | undefined,
  isSingle: boolean,
): Promise<Guest> {
  const guest = await guestOf(isolate, context, files.base);
  const post = (batch: Operation[]): void => current()?.onOperations(batch);
  const ask = (question: string, args: unknown[]): object => current()?.onQuestion(question, args) ?? NO_RUN;
  const callbacks = [
    new ivm.Callback(post, { ignored: true }),
    new ivm.Callback(post, { sync: true }),
    new ivm.Callback(ask, { sync: true }),
  ];
  const packages = Array.from(files.packages, ([name, bundle]) => `${name}=${bundle.name}`).join(',');
  await guest.install.apply(undefined, [...callbacks, packages, isSingle], { timeout: OWN_CALL_MS });
  return guest;
}
