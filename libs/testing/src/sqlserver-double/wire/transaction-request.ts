import { createByteReader } from './byte-reader.ts';
import { readTransactionDescriptor } from './request-headers.ts';

/** A transaction manager request (MS-TDS 2.2.6.9). `name` is a savepoint's for `save`, and may be one for `rollback`. */
export type TransactionRequest = {
  descriptor: bigint;
  kind: 'begin' | 'commit' | 'rollback' | 'save';
  isolationLevel: number;
  name: string;
};

const KINDS: ReadonlyMap<number, TransactionRequest['kind']> = new Map([
  [5, 'begin'],
  [7, 'commit'],
  [8, 'rollback'],
  [9, 'save'],
]);

/** Reads the request; undefined when it is of a kind that is not spoken here (distributed transactions). */
export const readTransactionRequest = (payload: Buffer): TransactionRequest | undefined => {
  const reader = createByteReader(payload);
  const descriptor = readTransactionDescriptor(reader);
  const kind = KINDS.get(reader.u16());
  if (kind === undefined) return undefined;
  const isolationLevel = kind === 'begin' ? reader.u8() : 0;
  const name = reader.take(reader.u8()).toString('utf16le');
  return { descriptor, kind, isolationLevel, name };
};
