import { randomUUID } from 'node:crypto';
import { DeleteUserRequest, IdentityServiceClient } from '@userferry/contracts/identity/v1/identity_service';
import { createClient } from '@userferry/grpc';
import {
  createLogin,
  type LocalWorld,
  type Login,
  member,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import type { Effort, Figures } from './compare-logins.ts';
import { distance, quantile, rounded } from './statistics.ts';

/** Whom a wrong password is tried for. The first is what the others are measured by: the script is asked for them. */
const KINDS = ['legacy', 'unknown', 'migrated', 'tombstoned'] as const;

type Kind = (typeof KINDS)[number];

type Times = Readonly<Record<Kind, number[]>>;

/** Fewer tries for one person than the limit on wrong passwords bears. */
const TRIES_MAX = 8;

/**
 * Whether the time of a rejected login tells who is a user, who has migrated and who was deleted: the same wrong password
 * for somebody whom nobody knows, for a user of the legacy database, for one who has migrated and for one who was deleted
 * after that, in turn. All figures ÷ the legacy one's; `distance` is how well the better of all thresholds tells them
 * apart (0: not at all).
 */
export const rejectionTiming = async ({ warmUp, pairs }: Effort): Promise<Figures> => {
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: '10' } });
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  using login = createLogin({ address, ...company, requestIp: '' });
  await settle(login, { address, ...company });
  const times: Times = { legacy: [], unknown: [], migrated: [], tombstoned: [] };
  for (let i = -warmUp; i < pairs; i += 1) {
    if (i % TRIES_MAX === 0) await forgetAttempts(world);
    for (const kind of KINDS) {
      const ms = await timedRejection(login, kind);
      if (i >= 0) times[kind].push(ms);
    }
  }
  return figuresOf(times);
};

const PEOPLE: Readonly<Record<Kind, string>> = {
  legacy: member(2).mail,
  unknown: 'nobody-0002@acme.example',
  migrated: member(1).mail,
  tombstoned: member(3).mail,
};

type Edge = { readonly address: string; readonly userPoolId: string; readonly edgeKey: string };

/** One moves over and stays, another moves over and is deleted. */
const settle = async (login: Login, { address, userPoolId, edgeKey }: Edge): Promise<void> => {
  for (const n of [1, 3]) {
    const outcome = await login(member(n).mail, member(n).password);
    if (outcome?.$case !== 'authenticated') throw new Error(`a first login ended as ${outcome?.$case}`);
  }
  using identity = createClient(IdentityServiceClient, { address, token: edgeKey });
  const user = { selector: { $case: 'email' as const, value: PEOPLE.tombstoned } };
  const call = { requestId: randomUUID(), deadlineMs: Date.now() + 10_000 };
  const { outcome } = await identity.deleteUser(DeleteUserRequest.fromPartial({ userPoolId, user }), call);
  if (outcome?.$case !== 'deleted') throw new Error(`a deletion ended as ${outcome?.$case}`);
};

/** The limits on wrong passwords are not what is measured here. */
const forgetAttempts = ({ store }: LocalWorld) => store.query('DELETE FROM login_attempts', { database: 'userferry' });

const timedRejection = async (login: Login, kind: Kind): Promise<number> => {
  const started = performance.now();
  const outcome = await login(PEOPLE[kind], 'not the password');
  const ms = performance.now() - started;
  if (outcome?.$case !== 'rejected' || outcome.value.reason !== 'INVALID_CREDENTIALS')
    throw new Error(`${kind}: expected a rejection, got ${outcome?.$case}`);
  return ms;
};

const figuresOf = (times: Times): Figures => {
  const against = (kind: Kind): Figures => {
    const ratio = (share: number) => rounded(quantile(times[kind], share) / quantile(times.legacy, share));
    return {
      [`${kind}_p50_ratio`]: ratio(0.5),
      [`${kind}_p95_ratio`]: ratio(0.95),
      [`${kind}_distance`]: rounded(distance(times[kind], times.legacy)),
    };
  };
  const others = KINDS.filter((kind) => kind !== 'legacy').map(against);
  return Object.assign({ legacy_p50_ms: rounded(quantile(times.legacy, 0.5)) }, ...others);
};
