import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { endingStreams } from './ending-streams.ts';

/**
 * The name under which the health service says that the process answers at all: SERVING for as long as it can speak.
 * Whoever restarts processes asks for this one; whoever sends them calls asks for `''` or a service's name.
 */
export const LIVENESS = 'liveness';

export type HealthOptions = {
  /** Names of services: SERVING while calls are welcome. */
  readonly names: readonly string[];
  /** More names, which are SERVING only where true. */
  readonly facts?: Readonly<Record<string, boolean>> | undefined;
  /** Whether calls are welcome from the start. */
  readonly serving: boolean;
};

export type Health = {
  readonly addTo: (server: Server, stopping: AbortSignal) => void;
  /** Without effect once it is going. */
  readonly setServing: (serving: boolean) => void;
  /** NOT_SERVING, for good. */
  readonly announceStop: () => void;
};

/** The standard health service: whether calls are welcome, and beside it whether the process lives. */
export const createHealth = ({ names, facts, serving: atStart }: HealthOptions): Health => {
  const known = { ...Object.fromEntries(['', ...names].map((name) => [name, true])), ...facts };
  const statuses = (serving: boolean) =>
    Object.entries(known).map(([name, is]) => [name, serving && is ? 'SERVING' : 'NOT_SERVING'] as const);
  const implementation = new HealthImplementation({ ...Object.fromEntries(statuses(atStart)), [LIVENESS]: 'SERVING' });
  let [now, going] = [atStart, false];
  const setServing = (serving: boolean): void => {
    if (going || serving === now) return;
    now = serving;
    for (const [name, status] of statuses(serving)) implementation.setStatus(name, status);
  };
  return {
    addTo: (server, stopping) => implementation.addToServer(endingStreams(server, stopping)),
    setServing,
    announceStop: () => {
      setServing(false);
      going = true;
    },
  };
};
