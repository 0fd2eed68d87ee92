import { Binary, type Document, Long, Timestamp } from 'bson';
import type { Member } from './member.ts';

/** What the members of a set add to every answer; nothing for a server by itself. */
export const clusterTimeOf = ({ deployment: { topology } }: Member): Document => {
  if (topology.setName === undefined) return {};
  const operationTime = new Timestamp({ t: Math.trunc(Date.now() / 1000), i: 1 });
  const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };
  return { $clusterTime: { clusterTime: operationTime, signature }, operationTime };
};
