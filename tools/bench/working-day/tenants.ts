import {
  type Company,
  type LegacyDatabase,
  type LocalUserferry,
  setUpCompany,
  startLegacyDatabase,
  startLocalUserferry,
} from '@userferry/local-services';
import { TROUBLED } from './day.ts';
import { type Condition, type LegacyRelay, startLegacyRelay } from './legacy-relay.ts';

/** A company with a connection that is on; `trouble` is what its database is like on a bad day. */
export type Tenant = Company & { readonly trouble: Condition };

export type World = AsyncDisposable & {
  readonly userferry: LocalUserferry;
  readonly tenants: readonly Tenant[];
  /** Lets the databases of the troubled ones fail, or be well again. */
  setTrouble(on: boolean): Promise<void>;
};

/** Between our default and what a machine of two processors can bear at a peak worth looking at. */
const COST = '10';

/** All services, and companies with a database each: some that are fine all day, and one for each kind of trouble. */
export const startWorld = async (healthy: number): Promise<World> => {
  const stack = new AsyncDisposableStack();
  try {
    const world = await build(stack, healthy);
    return { ...world, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
};

const build = async (stack: AsyncDisposableStack, healthy: number): Promise<Omit<World, keyof AsyncDisposable>> => {
  const legacy = await startLegacyDatabase();
  stack.defer(() => legacy.server.stop());
  const relays: LegacyRelay[] = [];
  for (const _ of TROUBLED) relays.push(stack.use(await startLegacyRelay(legacy.server.port)));
  const ports = [legacy.server.port, ...relays.map(({ port }) => port)];
  const env = {
    USERFERRY_BCRYPT_COST: COST,
    USERFERRY_EGRESS_ALLOW: ports.map((port) => `127.0.0.1:${port}`).join(','),
  };
  const userferry = stack.use(await startLocalUserferry({ env }));
  const tenants: Tenant[] = [];
  for (let n = 0; n < healthy; n += 1) tenants.push(await setUp(userferry, legacy, 'fine', legacy.server.port));
  for (const [place, trouble] of TROUBLED.entries())
    tenants.push(await setUp(userferry, legacy, trouble, relays[place]?.port ?? 0));
  const setTrouble = async (on: boolean): Promise<void> => {
    for (const [place, trouble] of TROUBLED.entries()) await relays[place]?.become(on ? trouble : 'fine');
  };
  return { userferry, tenants, setTrouble };
};

const setUp = async (
  { address, operatorKey }: LocalUserferry,
  { server, url }: LegacyDatabase,
  trouble: Condition,
  port: number,
): Promise<Tenant> => {
  const legacyUrl = url.replace(`:${server.port}/`, `:${port}/`);
  return { ...(await setUpCompany({ address, operatorKey, legacyUrl })), trouble };
};
