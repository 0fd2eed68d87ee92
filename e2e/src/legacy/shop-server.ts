import type { LegacyStore } from '@userferry/script-templates';

/** The database servers of which a company's old database may be made here. */
export const SHOP_KINDS = ['postgresql', 'mysql'] as const satisfies readonly LegacyStore[];

export type ShopKind = (typeof SHOP_KINDS)[number];

/** A real server with the tables that the ready-made scripts are written for. */
export type ShopServer = {
  readonly kind: ShopKind;
  /** Connection string of the company's own account. */
  readonly uri: string;
  readonly port: number;
  /** Values of `?` in their order. */
  readonly query: <Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  readonly pause: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly stop: () => Promise<void>;
};
