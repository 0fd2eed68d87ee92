import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@userferry/process';
import type { TableState } from './table-state.ts';

export type JoinPeersOptions = {
  readonly peers: () => Promise<readonly string[]>;
  readonly fetch: (address: string) => Promise<TableState>;
  readonly merge: (theirs: TableState) => void;
  readonly log: Logger;
  readonly retryMs?: number;
};

/**
 * Takes in what each peer knows. Resolves after the first round, so that who starts among running replicas knows all
 * before it answers anybody; peers that were not there are asked again until each has answered once.
 */
export const joinPeers = async ({
  peers,
  fetch,
  merge,
  log,
  retryMs = 5_000,
}: JoinPeersOptions): Promise<Disposable> => {
  const stop = new AbortController();
  const answered = new Set<string>();
  const ask = async (address: string): Promise<void> => {
    try {
      merge(await fetch(address));
      answered.add(address);
      log.info({ peer: address }, 'joined what a peer knows');
    } catch (err) {
      log.warn({ peer: address, reason: (err as { reason?: string }).reason }, 'a peer does not answer yet');
    }
  };
  const round = async (): Promise<boolean> => {
    const missing = (await peers()).filter((address) => !answered.has(address));
    await Promise.all(missing.map(ask));
    return missing.every((address) => answered.has(address));
  };
  const goOn = async (): Promise<void> => {
    for (let done = false; !done; done = await round())
      await sleep(retryMs, undefined, { signal: stop.signal, ref: false });
  };
  if (!(await round())) goOn().catch(() => undefined);
  return { [Symbol.dispose]: () => stop.abort() };
};
