import type { DataSource } from 'typeorm';

/** What is made of the connections to the database at this moment, and how many calls wait for one. */
export type PoolUse = { readonly busy: number; readonly idle: number; readonly waiting: number };

type PostgresPool = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

/** The numbers of node-postgres's own pool, which TypeORM keeps at `driver.master`. */
export const poolUseOf = ({ driver }: DataSource): PoolUse => {
  const { master } = driver as unknown as { master?: PostgresPool };
  const { totalCount = 0, idleCount = 0, waitingCount = 0 } = master ?? {};
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
};
