import type { HostFrame } from '../../../bridge/frames.ts';
import type { HostChannel } from '../channel/host-channel.ts';
import type { Destination, DestinationRule } from '../egress/destination-rule.ts';
import type { Denied } from '../egress/egress-error.ts';
import type { Asker, Resolver } from '../egress/resolver.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { DenialLog } from './denial-log.ts';
import type { ReusableDestinations } from './reusable-destinations.ts';

export type HostRequestDeps = {
  readonly resolver: Resolver;
  readonly log: SandboxLog;
  readonly connectTimeoutMs: number;
  /** May a run with this list of its own connect there? */
  mayReach(destination: Destination, own: readonly DestinationRule[] | undefined): boolean;
  /** Whether hosts may keep connections from one run to the next. */
  readonly reuseConnections: boolean;
  onDenied(rule: Denied['rule']): void;
};

/** What a host may ask for on behalf of a run. */
export type HostQuestion = Extract<HostFrame, { kind: 'connect' | 'resolve' }>;

const OVER = { message: 'the run is over', code: 'ECANCELED', syscall: 'connect' } as const;

/** Who asks, and what is remembered of what it was refused and let through to. */
export type Questioner = Asker & { readonly denials: DenialLog; readonly destinations: ReusableDestinations };

/** Answers a host's questions to the outside. Names are resolved and judged here, sockets opened by its channel. */
export const createHostRequests = (deps: HostRequestDeps) => {
  const { resolver, log, connectTimeoutMs, mayReach, reuseConnections, onDenied } = deps;
  const note = ({ denials }: Questioner, denied: Denied | undefined): void => {
    if (denied !== undefined && denials.note(denied, log)) onDenied(denied.rule);
  };
  const connect = async (
    channel: HostChannel,
    asker: Questioner,
    question: Extract<HostFrame, { kind: 'connect' }>,
  ) => {
    const { id, host, port } = question;
    const found = await resolver.targets(question, asker);
    if ('value' in found) {
      const addresses = found.value.map(({ address }) => address);
      asker.destinations.note(host, port, addresses);
      return channel.open({ id, port, targets: found.value, timeoutMs: connectTimeoutMs });
    }
    note(asker, found.denied);
    channel.send({ kind: 'connect_failed', id, error: found.error });
  };
  const resolve = async (
    channel: HostChannel,
    asker: Questioner,
    question: Extract<HostFrame, { kind: 'resolve' }>,
  ) => {
    const found = await resolver.records(question, asker);
    if ('error' in found) note(asker, found.denied);
    const answer = 'value' in found ? { records: found.value } : { error: found.error };
    channel.send({ kind: 'resolved', id: question.id, ...answer });
  };
  /** `asker` is missing when the run is over. */
  const answer = (channel: HostChannel, asker: Questioner | undefined, question: HostQuestion): void => {
    if (asker === undefined) {
      const kind = question.kind === 'connect' ? 'connect_failed' : 'resolved';
      channel.send({ kind, id: question.id, error: OVER });
    } else void (question.kind === 'connect' ? connect(channel, asker, question) : resolve(channel, asker, question));
  };
  return { answer, mayReach, reuseConnections };
};

export type HostRequests = ReturnType<typeof createHostRequests>;
