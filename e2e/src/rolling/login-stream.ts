import { randomUUID } from 'node:crypto';
import { IdentityServiceClient, LoginRequest } from '@userferry/contracts/identity/v1/identity_service';
import { ServiceError } from '@userferry/errors';
import { createClient } from '@userferry/grpc';
import { type Company, MEMBERS, member } from '@userferry/local-services';

/** How a login ended: AUTHENTICATED, or why not. */
export type Ended = {
  readonly n: number;
  readonly end: string;
  readonly userId: string;
  readonly migratedNow: boolean;
};

export type LoginStream = {
  /** Every login that has ended. */
  readonly ended: readonly Ended[];
  /** Resolves after so many more logins. */
  readonly more: (logins: number) => Promise<void>;
  /** Begins no more, and resolves when the last one has ended. */
  readonly stop: () => Promise<void>;
};

export type StreamOptions = {
  readonly address: string;
  readonly company: Company;
  /** Logins at a time. */
  readonly atOnce: number;
};

const CALL_MS = 28_000;
/** So that the members last for as long as a stream does, and the machine has something left for restarting services. */
const PAUSE_MS = 200;

/** An edge that calls every gateway in turn and repeats nothing by itself. */
export const createEdge = (address: string, { userPoolId, edgeKey }: Company) => {
  const client = createClient(IdentityServiceClient, { address, token: edgeKey });
  const login = async (n: number): Promise<Ended> => {
    const { mail, password } = member(n);
    const request = LoginRequest.fromPartial({ userPoolId, identifier: { $case: 'email', value: mail }, password });
    const none = { n, userId: '', migratedNow: false };
    try {
      const { outcome } = await client.login(request, { requestId: randomUUID(), deadlineMs: Date.now() + CALL_MS });
      if (outcome?.$case !== 'authenticated') return { ...none, end: outcome?.value.reason ?? 'nothing' };
      const { user, migratedNow } = outcome.value;
      return { n, end: 'AUTHENTICATED', userId: user?.userId ?? '', migratedNow };
    } catch (error) {
      return { ...none, end: error instanceof ServiceError ? error.reason : String(error) };
    }
  };
  return { login, [Symbol.dispose]: () => client[Symbol.dispose]() };
};

/**
 * Logs members in, one after the other, each twice in a row: the first login asks the legacy database, the second one our
 * store alone.
 */
export const startLogins = ({ address, company, atOnce }: StreamOptions): LoginStream => {
  const edge = createEdge(address, company);
  const ended: Ended[] = [];
  let [going, next] = [true, 0];
  const work = async (): Promise<void> => {
    while (going) {
      const n = (next++ % MEMBERS) + 1;
      ended.push(await edge.login(n));
      ended.push(await edge.login(n));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const all = Promise.all(Array.from({ length: atOnce }, work));
  const more = async (logins: number): Promise<void> => {
    const until = ended.length + logins;
    while (ended.length < until) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const stop = async (): Promise<void> => {
    going = false;
    await all;
    edge[Symbol.dispose]();
  };
  return { ended, more, stop };
};

/** Logins that did not get in, with how they ended. */
export const failures = (ended: readonly Ended[]): readonly Ended[] =>
  ended.filter(({ end }) => end !== 'AUTHENTICATED');

/** Whoever has more than one id, or moved over more than once. */
export const doubled = (ended: readonly Ended[]): readonly number[] => {
  const ids = Map.groupBy(
    ended.filter(({ userId }) => userId !== ''),
    ({ n }) => n,
  );
  return [...ids]
    .filter(
      ([, logins]) =>
        new Set(logins.map(({ userId }) => userId)).size > 1 || logins.filter((each) => each.migratedNow).length > 1,
    )
    .map(([n]) => n);
};
