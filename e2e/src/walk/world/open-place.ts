import { randomUUID } from 'node:crypto';
import { type FaultyLink, openFaultyLink } from '../../faults/faulty-link.ts';
import { type Caller, createCaller } from '../../legacy/caller.ts';
import { createCompany, inTime, type LegacyCompany } from '../../legacy/connect-company.ts';
import { type LegacyShop, startLegacyShop } from '../../legacy/legacy-shop.ts';
import type { Userferry } from '../../world.ts';
import type { Mode } from '../model/model.ts';
import { BLOCKED_COLUMN, scriptOf } from './scripts.ts';

/** A company beside its legacy database, which is reached over a line that can fail. */
export type Place = {
  readonly ours: Userferry;
  readonly shop: LegacyShop;
  readonly link: FaultyLink;
  readonly company: LegacyCompany;
  readonly caller: Caller;
  /** The version of the connection whose scripts are well. */
  readonly wellVersion: bigint;
  /** What nobody is told again: the connection's string, the password in it, a variable, keys. */
  readonly secrets: readonly string[];
};

const currentVersion = async ({ userPoolId, connections }: LegacyCompany): Promise<bigint> => {
  const { connection } = await connections.getConnection({ userPoolId }, inTime());
  if (connection === undefined) throw new Error('the company was not connected');
  return connection.version;
};

/** Opens a place of its own on running services; it ends with the stack. */
export const openPlace = async (ours: Userferry, mode: Mode, stack: AsyncDisposableStack): Promise<Place> => {
  const shop = await startLegacyShop('postgresql');
  stack.defer(() => shop.stop());
  await shop.query(BLOCKED_COLUMN);
  const link = stack.use(await openFaultyLink(shop.port));
  const address = new URL(shop.uri);
  address.port = String(link.port);
  const [uri, token] = [address.href, `walk-token-${randomUUID()}`];
  const connection = { mode, uri, scriptOf, env: { WALK_TOKEN: token } };
  const company = stack.use(await createCompany(ours, { name: `walk ${mode}`, connection }));
  const wellVersion = await currentVersion(company);
  const keys = [company.edgeKey, company.adminKey, ours.operatorKey, ours.serviceToken];
  const secrets = [uri, decodeURIComponent(address.password), token, ...keys];
  return { ours, shop, link, company, caller: createCaller(company), wellVersion, secrets };
};
