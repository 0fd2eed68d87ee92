import { experimental } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import { count } from '@userferry/telemetry';
import { toStatus } from '../../status.ts';
import { type Affinity, takeAffinity } from './affinity.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import { inOrderOf } from './rendezvous.ts';

/** A replica to which there is a connection. */
export type ReadyReplica = {
  readonly address: string;
  readonly number: number;
  readonly picker: experimental.Picker;
};

/**
 * With so many calls of a key under way at its home, the next one goes on: whoever has more to do has several replicas, as many
 * as it takes, and others at its home notice little of it. Few, as it is each client that counts by itself.
 */
const CALLS_AT_ONE_REPLICA = 4;

/** Chooses the replica of each call among those that are ready now. */
export const createAffinityPicker = (
  replicas: readonly ReadyReplica[],
  underWay: CallsUnderWay,
): experimental.Picker => {
  let turn = Math.floor(Math.random() * replicas.length);
  const nextInTurn = (): ReadyReplica => {
    turn = (turn + 1) % replicas.length;
    return replicas[turn] as ReadyReplica;
  };
  return {
    pick(args) {
      const affinity = takeAffinity(args.metadata);
      if (affinity === undefined) return nextInTurn().picker.pick(args);
      const replica = chosenOf(affinity, replicas, underWay);
      if (replica === undefined) return dropped();
      return counted(replica.picker.pick(args), () => underWay.begin(affinity.key, replica.address));
    },
  };
};

const chosenOf = (
  { key, choice, isOnlyOther }: Affinity,
  replicas: readonly ReadyReplica[],
  underWay: CallsUnderWay,
): ReadyReplica | undefined => {
  if (isOnlyOther && choice >= replicas.length) return undefined;
  const order = inOrderOf(key, replicas);
  // Those that have room stay in order, before those that have not.
  const beyond = ({ address }: ReadyReplica): number => {
    const calls = underWay.of(key, address);
    return calls < CALLS_AT_ONE_REPLICA ? 0 : calls;
  };
  const chosen = order.toSorted((a, b) => beyond(a) - beyond(b))[choice % order.length];
  count('userferry_affinity_picks_total', { replica: chosen === order[0] ? 'home' : 'other' });
  return chosen;
};

const NO_OTHER = new ServiceError('SERVICE_UNAVAILABLE', 'there is no other replica', { metadata: { begun: 'no' } });

const dropped = (): experimental.PickResult => ({
  pickResultType: experimental.PickResultType.DROP,
  subchannel: null,
  status: toStatus(NO_OTHER),
  onCallStarted: null,
  onCallEnded: null,
});

/**
 * The same with the call counted from now on, as others may be sent in the same turn, until it has ended. Of one that is given
 * up or chosen for again before it is sent, nobody says that it has.
 */
const counted = (result: experimental.PickResult, begin: () => () => void): experimental.PickResult => {
  let end: (() => void) | undefined = begin();
  const ended = () => {
    end?.();
    end = undefined;
  };
  const notSent = setImmediate(ended);
  return {
    ...result,
    onCallStarted() {
      clearImmediate(notSent);
      end ??= begin();
      result.onCallStarted?.();
    },
    onCallEnded(...told) {
      ended();
      result.onCallEnded?.(...told);
    },
  };
};
