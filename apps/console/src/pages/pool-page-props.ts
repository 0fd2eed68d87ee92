import type { UserPool } from '@userferry/contracts/json-types';

export type PoolPageProps = {
  readonly pool: UserPool;
  /** What follows the page's name in the address. */
  readonly parts: readonly string[];
};
