import { randomBytes } from 'node:crypto';
import { type Document, Long } from 'bson';
import { failure } from '../failure.ts';
import { writeDocument } from '../wire/bson.ts';

/** A reply holds no more than so many bytes of documents, and the first without a batch size so many documents. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const FIRST_BATCH_DOCUMENTS = 101;

type Cursor = {
  readonly namespace: string;
  readonly documents: readonly Document[];
  /** The limit was reached: the server knows that nothing follows the last document. */
  readonly isLimited: boolean;
  at: number;
};

/** What a cursor is made of. `batchSize` undefined is the server's own choice, 0 an empty first batch. */
export type CursorStart = {
  namespace: string;
  documents: readonly Document[];
  batchSize: number | undefined;
  singleBatch?: boolean;
  isLimited?: boolean;
};

/** A server's open cursors. */
export type Cursors = {
  /** The `cursor` of a reply, with the first batch. */
  open: (start: CursorStart) => Document;
  /** The `cursor` of a reply, with the next batch. Throws CursorNotFound. */
  next: (id: Long, namespace: string, batchSize: number | undefined) => Document;
  /** Closes cursors and says which were there. */
  kill: (ids: readonly Long[]) => { killed: Long[]; unknown: Long[] };
  count: () => number;
};

const takeBatch = (cursor: Cursor, most: number): { batch: Document[]; isOver: boolean } => {
  const batch: Document[] = [];
  let bytes = 0;
  while (batch.length < most && cursor.at < cursor.documents.length) {
    const document = cursor.documents[cursor.at] ?? {};
    bytes += writeDocument(document).length;
    if (bytes > MAX_BATCH_BYTES && batch.length > 0) break;
    batch.push(document);
    cursor.at += 1;
  }
  // As on a server, a batch that came out exactly full does not yet know that it was the last, but for a limit.
  const isAtEnd = cursor.at >= cursor.documents.length;
  return { batch, isOver: isAtEnd && (batch.length < most || cursor.isLimited) };
};

/** No cursors yet. */
export const createCursors = (): Cursors => {
  const cursors = new Map<string, Cursor>();
  const remember = (cursor: Cursor): Long => {
    const id = Long.fromBigInt(randomBytes(8).readBigUInt64LE() >> 1n).or(1);
    cursors.set(id.toString(), cursor);
    return id;
  };
  return {
    open: ({ namespace, documents, batchSize, singleBatch = false, isLimited = false }) => {
      const cursor = { namespace, documents, isLimited, at: 0 };
      const { batch, isOver } = takeBatch(cursor, batchSize ?? FIRST_BATCH_DOCUMENTS);
      return { firstBatch: batch, id: isOver || singleBatch ? Long.ZERO : remember(cursor), ns: namespace };
    },
    next: (id, namespace, batchSize) => {
      const cursor = cursors.get(id.toString());
      if (cursor === undefined) throw failure(43, `cursor id ${id} not found`);
      if (cursor.namespace !== namespace) {
        throw failure(
          13,
          `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
        );
      }
      const { batch, isOver } = takeBatch(cursor, batchSize || Number.POSITIVE_INFINITY);
      if (isOver) cursors.delete(id.toString());
      return { nextBatch: batch, id: isOver ? Long.ZERO : id, ns: namespace };
    },
    kill: (ids) => {
      const [killed, unknown]: [Long[], Long[]] = [[], []];
      for (const id of ids) (cursors.delete(id.toString()) ? killed : unknown).push(id);
      return { killed, unknown };
    },
    count: () => cursors.size,
  };
};
