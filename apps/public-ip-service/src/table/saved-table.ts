import { z } from 'zod';
import { type Entry, isAddress, type Lease } from './entry.ts';
import { LEASE_MS_MAX } from './public-ip-table.ts';
import type { TableState } from './table-state.ts';

export type SavedTable = TableState & {
  /** The list that the webhook's listener took last. Absent in older files, and where no webhook ever was. */
  readonly told?: readonly string[];
};

const address = z.string().refine(isAddress, 'is no address as we write it');

/** The last that a timestamp on the wire can be. */
const epochMs = z
  .number()
  .min(0)
  .max(Date.UTC(9999, 11, 31));

const lease = z.object({
  runnerId: z.string(),
  region: z.string(),
  addresses: z.array(address),
  leaseMs: z.number().min(0).max(LEASE_MS_MAX),
  expiresAtMs: epochMs,
});

const entry = z.object({
  address,
  state: z.enum(['pinned', 'observed', 'draining']),
  regions: z.array(z.string()),
  sinceMs: epochMs,
  runners: z.number(),
  unpinned: z.boolean(),
  drainsUntilMs: epochMs.optional(),
});

const content = z.object({
  version: z.literal(1),
  updatedAtMs: epochMs,
  leases: z.array(lease),
  entries: z.array(entry),
  told: z.array(address).optional(),
});

/** What is wrong with a saved table: the first place in it (empty: the whole of it), and what is the matter there. */
export type Damage = { readonly where: string; readonly problem: string };

/** The table of a file's text, or why it is none. */
export const readSavedTable = (text: string): SavedTable | Damage => {
  const parsed = content.safeParse(jsonOf(text));
  if (parsed.success) return tableOf(parsed.data);
  const [issue] = parsed.error.issues;
  return { where: issue?.path.join('.') ?? '', problem: issue?.message ?? '' };
};

export const isDamage = (read: SavedTable | Damage): read is Damage => 'problem' in read;

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const tableOf = ({ leases, entries, updatedAtMs, told }: z.infer<typeof content>): SavedTable => {
  const plain = entries.map(
    ({ drainsUntilMs, ...rest }): Entry => ({ ...rest, ...(drainsUntilMs !== undefined && { drainsUntilMs }) }),
  );
  return {
    updatedAtMs,
    leases: new Map(leases.map((each): [string, Lease] => [each.runnerId, each])),
    entries: new Map(plain.map((each) => [each.address, each])),
    ...(told && { told }),
  };
};

export const savedTableText = (
  { leases, entries, updatedAtMs }: TableState,
  told: readonly string[] | undefined,
): string =>
  JSON.stringify({ version: 1, updatedAtMs, leases: [...leases.values()], entries: [...entries.values()], told });
