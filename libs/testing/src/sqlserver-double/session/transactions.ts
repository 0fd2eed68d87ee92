import { ENVIRONMENT } from '../wire/tokens.ts';

/** What the client must be told of a transaction's begin or end. */
export type TransactionChange = { environment: number; now: Buffer; before: Buffer };

const NOTHING = Buffer.alloc(0);
let descriptors = 0n;

const bytesOf = (descriptor: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(descriptor);
  return bytes;
};

/** The transaction of one session: at most one, nested begins counted, undone by what its writes left behind. */
export type Transactions = ReturnType<typeof createTransactions>;

/**
 * Keeps a session's transaction. There is no isolation: other sessions see writes at once, and a rollback takes back
 * this session's writes, last first.
 */
export const createTransactions = () => {
  let open: { descriptor: bigint; depth: number } | undefined;
  let undo: (() => void)[] = [];
  let savepoints = new Map<string, number>();
  const undoTo = (mark: number): void => {
    for (const takeBack of undo.splice(mark).reverse()) takeBack();
  };
  const end = (environment: number): TransactionChange => {
    const before = bytesOf(open?.descriptor ?? 0n);
    open = undefined;
    undo = [];
    savepoints = new Map();
    return { environment, now: NOTHING, before };
  };
  return {
    /** 0 outside of a transaction. */
    descriptor: () => open?.descriptor ?? 0n,
    isOpen: () => open !== undefined,
    /** Remembers how to take a write back. */
    remember: (takeBack: () => void): void => {
      if (open !== undefined) undo.push(takeBack);
    },
    begin: (): TransactionChange | undefined => {
      if (open !== undefined) {
        open.depth += 1;
        return undefined;
      }
      descriptors += 1n;
      open = { descriptor: descriptors, depth: 1 };
      return { environment: ENVIRONMENT.begin, now: bytesOf(descriptors), before: NOTHING };
    },
    /** Undefined when an outer transaction goes on. */
    commit: (): TransactionChange | undefined => {
      if (open === undefined || open.depth > 1) {
        if (open !== undefined) open.depth -= 1;
        return undefined;
      }
      return end(ENVIRONMENT.commit);
    },
    rollback: (): TransactionChange | undefined => {
      if (open === undefined) return undefined;
      undoTo(0);
      return end(ENVIRONMENT.rollback);
    },
    save: (name: string): void => void savepoints.set(name, undo.length),
    /** False when there is no savepoint of that name. */
    rollbackTo: (name: string): boolean => {
      const mark = savepoints.get(name);
      if (mark !== undefined) undoTo(mark);
      return mark !== undefined;
    },
  };
};
