import { DEATHS, deathOf, type HostDeath } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { createBirthFailures } from './birth-failures.ts';

/** Starts isolate hosts and holds those that have not served anyone yet. */
export type Nursery = {
  /** Hosts being born or blank. */
  readonly size: number;
  /** Have the last few died at birth, so that hosts cannot be started here now? One that lives for a while, or is taken, ends it. */
  readonly failing: boolean;
  readonly hosts: { readonly starting: readonly IsolateHost[]; readonly blank: readonly IsolateHost[] };
  /** The oldest blank host, which then is the caller's. */
  take(): IsolateHost | undefined;
  /**
   * Starts hosts until `count` are blank or on the way, each in a turn of the event loop of its own: its control groups are
   * made in this thread, and what has ended or come meanwhile goes first. Waits longer and longer when they die at birth.
   */
  ensure(count: number): void;
  /** Starts one; resolves when it is blank, rejects with why it died. */
  first(): Promise<void>;
  close(): void;
};

export type NurseryDeps = {
  start(): IsolateHost;
  readonly log: SandboxLog;
  readonly birthTimeoutMs: number;
  /** A host became blank, died, or may be tried again. */
  onChange(): void;
};

/** Births at a time. */
export const BIRTHS_AT_ONCE = 2;
const BY_THEMSELVES: ReadonlySet<HostDeath> = new Set(['crashed', 'broke_the_rules']);
/** A host that lives for so long, or is taken, was born well. */
const THRIVES_AFTER_MS = 2_000;

export const createNursery = ({ start, log, birthTimeoutMs, onChange }: NurseryDeps): Nursery => {
  const born = new Set<IsolateHost>();
  const unborn = new Set<IsolateHost>();
  const failures = createBirthFailures(log, onChange);
  let turn: NodeJS.Immediate | undefined;
  let closed = false;

  const failed = (host: IsolateHost | undefined, error: unknown): void => {
    if (host !== undefined) unborn.delete(host);
    if (!closed) failures.note((error as Error).message, 'an isolate host died at birth');
  };
  const ready = (host: IsolateHost): void => {
    unborn.delete(host);
    born.add(host);
    const thrives = setTimeout(failures.end, THRIVES_AFTER_MS).unref();
    void host.exited.then((why) => lost(host, why, thrives));
    onChange();
  };
  /** A blank host has done nothing that could end it: one that ends by itself is as good as unborn. */
  const lost = (host: IsolateHost, why: string, thrives: NodeJS.Timeout): void => {
    clearTimeout(thrives);
    if (!born.delete(host)) return;
    // All that end together, as with the process that has started them, are one failure.
    if (!closed && BY_THEMSELVES.has(deathOf({ why, wasReady: true })) && failures.delayMs === 0)
      failures.note(why, 'a blank isolate host died');
    onChange();
  };
  const watchBirth = (host: IsolateHost): Promise<void> => {
    const timer = setTimeout(() => host.kill(DEATHS.notReadyInTime), birthTimeoutMs);
    const outcome = host.ready.then(
      () => ready(host),
      (error: unknown) => failed(host, error),
    );
    return outcome.finally(() => clearTimeout(timer));
  };
  const begin = (): IsolateHost | undefined => {
    try {
      const host = start();
      unborn.add(host);
      void watchBirth(host);
      return host;
    } catch (error) {
      failed(undefined, error);
      return undefined;
    }
  };
  /** Whoever asked for it is asked again when one has begun: by then there may be something else to do. */
  const beginNext = (): void => {
    turn = undefined;
    if (failures.delayMs > 0 || begin() === undefined) return;
    onChange();
  };
  const size = (): number => born.size + unborn.size;
  return {
    get size() {
      return size();
    },
    get failing() {
      return failures.areMany;
    },
    get hosts() {
      return { starting: [...unborn], blank: [...born] };
    },
    async first() {
      const host = begin();
      if (host === undefined) throw new Error('no isolate host could be prepared');
      await host.ready;
    },
    take() {
      const host = [...born].find(({ alive }) => alive);
      if (host === undefined) return undefined;
      born.delete(host);
      failures.end();
      return host;
    },
    ensure(count) {
      if (closed || turn !== undefined) return;
      if (failures.delayMs === 0 && unborn.size < BIRTHS_AT_ONCE && size() < count) turn = setImmediate(beginNext);
    },
    close() {
      closed = true;
      failures[Symbol.dispose]();
      clearImmediate(turn);
      for (const host of [...born, ...unborn]) host.kill(DEATHS.closed);
    },
  };
};
