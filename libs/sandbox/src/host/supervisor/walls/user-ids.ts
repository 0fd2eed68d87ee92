import { readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** User ids for isolate hosts, none of them used by two live hosts or by anything else on the machine. */
export type UserIds = {
  /** A free id, the one longest unused first. Throws when all are taken. */
  take(): number;
  give(uid: number): void;
  close(): Promise<void>;
};

export type UidRange = { readonly first: number; readonly count: number };

/** Unused by Debian, Fedora and systemd, and inside the 65536 ids of an ordinary container. */
const DEFAULT_UID_RANGE: UidRange = { first: 55_008, count: 4_096 };

/**
 * Holds a name in the kernel's abstract socket namespace: one holder in all, and let go by the kernel when the holder
 * ends, however it ends.
 */
const holdName = (name: string): Promise<Server | undefined> => {
  const { promise, resolve } = Promise.withResolvers<Server | undefined>();
  const server = createServer((socket) => socket.destroy());
  server.once('error', () => resolve(undefined));
  server.listen(`\0${name}`, () => resolve(server.unref()));
  return promise;
};

const uidsInUse = (): Set<number> => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(pids.flatMap((pid) => statSync(join('/proc', pid), { throwIfNoEntry: false })?.uid ?? []));
};

/** Ids are claimed in blocks of this size, the same for every supervisor, so that two claims never overlap. */
const BLOCK = 32;

/**
 * Claims at least `size` ids of the range, in blocks that no other supervisor of this machine holds and no process runs
 * under. Throws when there are not enough.
 */
export const claimUserIds = async (size: number, range: UidRange = DEFAULT_UID_RANGE): Promise<UserIds> => {
  const used = uidsInUse();
  const free: number[] = [];
  const held: Server[] = [];
  for (let first = range.first; first + BLOCK <= range.first + range.count && free.length < size; first += BLOCK) {
    const block = Array.from({ length: BLOCK }, (_, index) => first + index);
    if (block.some((uid) => used.has(uid))) continue;
    const server = await holdName(`userferry-user-ids-${first}`);
    if (server === undefined) continue;
    held.push(server);
    free.push(...block);
  }
  const ids = userIdsFrom(free, held);
  if (free.length >= size) return ids;
  await ids.close();
  const where = `from ${range.first} to ${range.first + range.count - 1}`;
  throw new Error(`no ${size} user ids are free ${where}, only ${free.length}`);
};

const userIdsFrom = (free: number[], held: readonly Server[]): UserIds => ({
  take() {
    const uid = free.shift();
    if (uid === undefined) throw new Error('every user id for isolate hosts is taken');
    return uid;
  },
  give: (uid) => void free.push(uid),
  async close() {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  },
});
