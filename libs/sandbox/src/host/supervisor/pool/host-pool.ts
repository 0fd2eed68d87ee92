import type { RunResult } from '@userferry/script-contract';
import { DEATHS } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import type { Conduct } from './conduct.ts';
import { createFading } from './fading.ts';
import { createFirstRun } from './first-run.ts';
import { createHostRoom } from './host-room.ts';
import { BIRTHS_AT_ONCE, type Nursery } from './nursery.ts';
import { createOwnedHosts } from './owned-hosts.ts';
import { createRetirement, type RetirementLimits } from './retirement.ts';
import type { WorkQueue } from './work-queue.ts';

export type HostPoolLimits = RetirementLimits & {
  /** Isolate hosts in all, blank ones included, and what they may hold together. */
  readonly maxHosts: number;
  readonly hostsBytesMax: number;
  readonly blankHosts: number;
  readonly hostsPerConnection: number;
  readonly runsPerHost: number;
  readonly idleMs: number;
};

export type HostPoolDeps = {
  readonly limits: HostPoolLimits;
  readonly nursery: Nursery;
  readonly queue: WorkQueue<IsolateHost>;
  readonly conduct: Conduct;
};

/** Which isolate host serves which connection. */
export type HostPool = {
  /** Those that are some connection's own. */
  readonly hosts: readonly IsolateHost[];
  /** Serves what waits, as far as hosts are free; starts and ends hosts as needed. Call it after every change. */
  serve(): void;
  /** Has the connection all the hosts that it may have now? */
  hasItsShare(connectionKey: string): boolean;
  /** Runs that the connection may have at a time. */
  runsAtOnce(connectionKey: string): number;
  /** Notes how a run of the connection ended. */
  ended(connectionKey: string, result: RunResult): void;
  /**
   * Ends the hosts that have been idle, or have lived, long enough; gives the others their share of the processors. Called a
   * few times a second: until then a host goes on with what it had while it was nobody's, so that what a rare connection's
   * first run has to load takes nothing from runs of warm ones.
   */
  retire(): void;
  close(): void;
};

/** Was it stopped after it kept a processor busy for most of its time? One that waits for a slow database was not. */
const burntItsTime = ({ outcome, usage }: RunResult): boolean =>
  outcome === 'timed_out' && usage.cpuMs * 2 >= usage.wallMs;

/**
 * Runs of a connection count for less and less. Long enough that those that come again and again keep their hosts from the
 * many that come once: whoever ran last would be born and ended in turn with them.
 */
const USE_HALF_LIFE_MS = 2 * 60_000;

/** Below this processor share a connection has one host at a time. */
const BAD_CONDUCT = 0.3;

/**
 * Hosts that may have given way for ones that are not born yet. However many connections wait, births take turns, and until
 * theirs comes a warm host serves its own connection.
 */
const ENDED_AHEAD = 2 * BIRTHS_AT_ONCE;

/** A host that has been idle for so long may make room for a blank one before anybody asks for it. */
const RESTED_MS = 2_000;

/**
 * Blank hosts that are kept even where connections own all the room there is: the next connection then finds one instead
 * of waiting for a process to end and another to start. A small part of few hosts.
 */
const sparesOf = ({ blankHosts, maxHosts }: HostPoolLimits): number => Math.min(blankHosts, Math.floor(maxHosts / 4));

/** What one connection may have of the hosts: never more than half, where there is more than one. */
const shareOf = ({ hostsPerConnection, maxHosts }: HostPoolLimits): number =>
  Math.max(1, Math.min(hostsPerConnection, Math.floor(maxHosts / 2)));

/** Where no host can be started, another script-runner may have some: whoever waits here would wait for nothing. */
const refuseHostless = (queue: HostPoolDeps['queue'], hostsOf: (key: string) => readonly IsolateHost[]): void => {
  for (const key of queue.waitingKeys) if (hostsOf(key).length === 0) queue.refuse(key);
};

/** One is tried again and again, so that it is noticed when they can be started. */
const leastBirths = ({ failing }: Nursery): number => (failing ? 1 : 0);

/** A host belongs to one connection from its first run to its end. */
export const createHostPool = ({ limits, nursery, queue, conduct }: HostPoolDeps): HostPool => {
  const share = shareOf(limits);
  const use = createFading(USE_HALF_LIFE_MS, () => performance.now());
  const owned = createOwnedHosts(use.current);
  const room = createHostRoom({ limits, nursery }, owned);

  const firstRun = createFirstRun(() => serve());
  const { old, retireIfFull } = createRetirement(limits);

  const withRoom = (key: string): IsolateHost | undefined => {
    const [host] = owned
      .of(key)
      .filter(({ runs, doubtful }) => runs < limits.runsPerHost && !doubtful)
      .filter((each) => !old(each))
      .sort((a, b) => a.runs - b.runs);
    return host !== undefined && retireIfFull(host) ? withRoom(key) : host;
  };

  const hostsAllowed = (key: string): number => (conduct.cpuShare(key) < BAD_CONDUCT ? 1 : share);
  const hasItsShare = (key: string): boolean => owned.of(key).filter((host) => !old(host)).length >= hostsAllowed(key);
  const wantsHost = (key: string): boolean => !hasItsShare(key) && conduct.restMs(key) === 0;

  const adopt = (key: string): IsolateHost | undefined => {
    if (!wantsHost(key)) return undefined;
    const host = nursery.take();
    if (host === undefined) return undefined;
    owned.add(key, host);
    firstRun.begins(host);
    void host.exited.then(() => {
      if (host.lost) conduct.hostLost(key);
      owned.remove(key, host);
      serve();
    });
    return host;
  };
  const serveKey = (key: string): void => {
    for (;;) {
      const host = withRoom(key) ?? adopt(key);
      const work = host && queue.take(key);
      if (host === undefined || work === undefined) return;
      use.count(key);
      work.start(host);
    }
  };
  const serve = (): void => {
    for (const key of queue.waitingKeys) serveKey(key);
    if (nursery.failing) refuseHostless(queue, owned.of);
    const wanted = queue.waitingKeys.filter(wantsHost).length;
    const forBlank = room.forBlank();
    const spare = firstRun.isOn() ? 0 : limits.blankHosts;
    nursery.ensure(Math.min(forBlank, Math.max(wanted + spare, leastBirths(nursery))));
    const ending = owned.all.filter(({ alive }) => !alive).length;
    // Hosts that are slow to be born are no lack of room: whoever has one keeps it.
    if (forBlank > nursery.size) return;
    if (Math.min(wanted, ENDED_AHEAD) > nursery.size + ending) owned.evictIdle(0);
    else if (wanted + sparesOf(limits) > nursery.size + ending) owned.evictIdle(RESTED_MS);
  };
  return {
    get hosts() {
      return owned.all.filter(({ alive }) => alive);
    },
    serve,
    hasItsShare: (key) => hasItsShare(key) || conduct.restMs(key) > 0,
    runsAtOnce: (key) => hostsAllowed(key) * limits.runsPerHost,
    ended(key, result) {
      if (burntItsTime(result)) conduct.timeBurnt(key);
    },
    retire() {
      owned.forEach((host, key) => void host.setCpuShare(conduct.cpuShare(key)));
      for (const host of owned.all) {
        const idleMs = performance.now() - host.idleSince;
        if (host.runs > 0) continue;
        if (idleMs > limits.idleMs || old(host)) host.kill(DEATHS.idle);
        else retireIfFull(host);
      }
      room.keepToMemory();
    },
    close() {
      for (const host of owned.all) host.kill(DEATHS.closed);
    },
  };
};
