import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Certificates } from '../tls/certificates.ts';
import { endingStreams } from './ending-streams.ts';

/**
 * The name under which the health service says that the process answers at all: SERVING for as long as it can speak.
 * Whoever restarts processes asks for this one; whoever sends them calls asks for `''` or a service's name.
 */
export const LIVENESS = 'liveness';

/** The name that tells whether certificates are usable and renewed in time. */
const CERTIFICATES = 'certificates';

export type HealthOptions = {
  /** Names of services: SERVING while calls are welcome. */
  readonly names: readonly string[];
  /** More names, which are SERVING only where true. */
  readonly facts?: Readonly<Record<string, boolean>> | undefined;
  /** Absent: plaintext. */
  readonly certificates?: Pick<Certificates, 'isFine' | 'onTurn'> | undefined;
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
export const createHealth = ({ names, facts = {}, certificates, serving: atStart }: HealthOptions): Health => {
  const services = Object.fromEntries(['', ...names].map((name) => [name, true]));
  const known = () => ({ ...services, ...facts, ...(certificates && { [CERTIFICATES]: certificates.isFine() }) });
  let [now, going] = [atStart, false];
  const statusOf = (is: boolean) => (now && is ? 'SERVING' : 'NOT_SERVING');
  const statuses = () => Object.entries(known()).map(([name, is]) => [name, statusOf(is)] as const);
  const implementation = new HealthImplementation({ ...Object.fromEntries(statuses()), [LIVENESS]: 'SERVING' });
  certificates?.onTurn((isFine) => {
    // Nobody is told any more, whose stream has ended.
    if (!going) implementation.setStatus(CERTIFICATES, statusOf(isFine));
  });
  const setServing = (serving: boolean): void => {
    if (going || serving === now) return;
    now = serving;
    for (const [name, status] of statuses()) implementation.setStatus(name, status);
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
