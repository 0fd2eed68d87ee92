import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@userferry/process';
import type { EgressReport, PublicIpReplica } from '../clients/public-ips.ts';
import type { EgressWatch } from './watch-egress.ts';

export type EgressReportsOptions = Omit<EgressReport, 'addresses'> & {
  readonly watch: Pick<EgressWatch, 'addresses' | 'onChange'>;
  /** The address of each replica, as they are now. */
  readonly replicas: () => Promise<readonly string[]>;
  readonly connect: (address: string) => PublicIpReplica;
  readonly log: Logger;
};

const CALL_MS_MAX = 5_000;
const RETRY_MS_MIN = 1_000;

/**
 * Reports our addresses to every replica: when they change, and three times in a lease. A replica that does not take a
 * report is told again after a second, then ever later; one that is new hears with the next renewal.
 */
export const createEgressReports = (options: EgressReportsOptions): Disposable => {
  const { watch, leaseMs, log } = options;
  const stop = new AbortController();
  const toReplicas = createReplicaReports(options);
  let wake = new AbortController();
  watch.onChange(() => wake.abort());

  const rounds = async (): Promise<void> => {
    let retryMs = RETRY_MS_MIN;
    while (!stop.signal.aborted) {
      wake = new AbortController();
      const all = await toReplicas.report(watch.addresses());
      const waitMs = all ? leaseMs / 3 : Math.min(retryMs, leaseMs / 3);
      retryMs = all ? RETRY_MS_MIN : retryMs * 2;
      const signal = AbortSignal.any([stop.signal, wake.signal]);
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  rounds().catch((err: unknown) => log.error({ err }, 'the outbound addresses are not reported any more'));
  return {
    [Symbol.dispose]: () => {
      stop.abort();
      toReplicas[Symbol.dispose]();
    },
  };
};

type ReplicaReports = Disposable & {
  /** @returns whether every replica took it */
  readonly report: (addresses: readonly string[]) => Promise<boolean>;
};

const createReplicaReports = ({ replicas, connect, log, leaseMs, ...runner }: EgressReportsOptions): ReplicaReports => {
  const clients = new Map<string, PublicIpReplica>();
  const failing = new Set<string>();
  const warned = new Set<string>();
  const callMsMax = Math.min(CALL_MS_MAX, Math.max(1_000, leaseMs / 3));
  /** Once we have told of an address, a list without any is told too: it takes the others back. */
  let hasReported = false;
  let isOver = false;

  const keepOnly = (addresses: readonly string[]): void => {
    for (const [address, client] of clients)
      if (!addresses.includes(address)) {
        client[Symbol.dispose]();
        clients.delete(address);
        failing.delete(address);
      }
    for (const address of addresses) if (!clients.has(address)) clients.set(address, connect(address));
  };
  const reportTo = async (replica: string, client: PublicIpReplica, addresses: readonly string[]): Promise<boolean> => {
    const { runnerId, region } = runner;
    try {
      const unpinned = await client.report({ runnerId, region, addresses, leaseMs }, callMsMax);
      if (failing.delete(replica)) log.info({ replica }, 'public-ip-service takes reports again');
      for (const address of unpinned.filter((each) => addresses.includes(each) && !warned.has(each))) {
        warned.add(address);
        log.error(
          { address },
          'our address is not in PUBLIC_IPS: firewalls opened for that list refuse our connections',
        );
      }
      return true;
    } catch (error) {
      const { reason, message } = error as { reason?: string; message: string };
      if (!failing.has(replica)) log.warn({ replica, reason, detail: message }, 'public-ip-service takes no report');
      failing.add(replica);
      return false;
    }
  };
  return {
    report: async (addresses) => {
      if (addresses.length === 0 && !hasReported) return true;
      hasReported = true;
      for (const address of warned) if (!addresses.includes(address)) warned.delete(address);
      const current = await replicas();
      // Nobody would close what is opened after the end.
      if (isOver) return true;
      keepOnly(current);
      const taken = await Promise.all([...clients].map(([replica, client]) => reportTo(replica, client, addresses)));
      return taken.every((each) => each);
    },
    [Symbol.dispose]: () => {
      isOver = true;
      keepOnly([]);
    },
  };
};
