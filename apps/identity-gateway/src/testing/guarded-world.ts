import { createHash } from 'node:crypto';
import type { Caller } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import { ROLE_SCOPES, SCOPES } from '../access/scopes.ts';
import type { GatewayDeps } from '../create-identity-gateway.ts';

const ROLE_KEYS: Readonly<Record<string, Caller>> = {
  'edge-of-a': { role: 'edge', userPoolIds: ['pool-a'], scopes: ROLE_SCOPES.edge, id: 'k1' },
  'admin-of-a': { role: 'admin', userPoolIds: ['pool-a'], scopes: ROLE_SCOPES.admin, id: 'k2' },
  operator: { role: 'operator', userPoolIds: ['*'], scopes: ROLE_SCOPES.operator, id: 'k3' },
};

/** A key of each role for each scope alone, as `admin-with-users:read`. */
const NARROW_KEYS = Object.fromEntries(
  (['edge', 'admin', 'operator'] as const).flatMap((role) =>
    SCOPES.map((scope): [string, Caller] => [
      `${role}-with-${scope}`,
      { role, userPoolIds: [role === 'operator' ? '*' : 'pool-a'], scopes: [scope], id: 'k4' },
    ]),
  ),
);

const digestOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** The callers that there are, by the SHA-256 of their keys, which tests may add to and take from. */
export const knownCallers = (): Map<string, Caller> =>
  new Map(Object.entries({ ...ROLE_KEYS, ...NARROW_KEYS }).map(([key, caller]) => [digestOf(key), caller]));

/** Stores that must not be reached by a caller without a right to them: who is let in ends as INTERNAL. */
const unreachable = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`reached ${String(name)}`)) });

/** What a gateway stands on that knows callers and nothing else. */
export const guardedDeps = (callers = knownCallers(), more: Partial<GatewayDeps> = {}): GatewayDeps => {
  const findApiKey = async (digest: Buffer) => {
    const caller = callers.get(digest.toString('hex'));
    return caller && { caller, validUntilMs: Number.POSITIVE_INFINITY };
  };
  const pools = new Proxy(
    {},
    { get: (_, name) => (name === 'findApiKey' ? findApiKey : () => Promise.reject(new Error('reached'))) },
  );
  return {
    log: createLogger({ service: 'test', level: 'silent' }),
    logins: unreachable,
    users: unreachable,
    history: unreachable,
    connections: unreachable,
    runner: unreachable,
    pools,
    settle: () => undefined,
    noteKeyUse: () => undefined,
    recordRun: () => undefined,
    ...more,
  } as unknown as GatewayDeps;
};
