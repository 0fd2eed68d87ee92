import { templateOf } from '@userferry/script-templates';
import { createUserferry, type Userferry } from '../world.ts';
import type { CompanyConnection } from './connect-company.ts';
import { type LegacyShop, startLegacyShop } from './legacy-shop.ts';

/** A shop on PostgreSQL, our services beside it, and the connection of a company whose users move by the ready-made scripts. */
export type ReadyMade = { readonly shop: LegacyShop; readonly ours: Userferry; readonly connection: CompanyConnection };

/** Starts both; they end with the stack. */
export const startReadyMade = async (stack: AsyncDisposableStack): Promise<ReadyMade> => {
  const shop = await startLegacyShop('postgresql');
  stack.defer(() => shop.stop());
  const ours = stack.use(await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${shop.port}` } }));
  const scriptOf: CompanyConnection['scriptOf'] = (action) => templateOf('postgresql', action);
  return { shop, ours, connection: { mode: 'LAZY_MIGRATION', uri: shop.uri, scriptOf } };
};
