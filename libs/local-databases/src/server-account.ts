import { chownSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';

/** The operating system account that a database server runs under. */
export type Account = {
  uid: number;
  gid: number;
  /** Options for `spawn`; empty when the server runs as ourselves. */
  spawnAs: { uid?: number; gid?: number };
};

/**
 * The account for a server: our own, or as root (which PostgreSQL refuses) the first existing one of `names`.
 * A data folder that another account owns already is served by that account, so that it stays usable by it.
 */
export function chooseAccount(names: readonly string[], dataFolder?: string): Account {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  if (uid !== 0) return { uid, gid, spawnAs: {} };
  const owner = dataFolder === undefined ? undefined : ownerOf(dataFolder);
  const chosen = owner !== undefined && owner.uid !== 0 ? owner : accountByName(names);
  return { ...chosen, spawnAs: chosen };
}

/** Can `account` reach `path`: is every folder on the way, itself included, passable for it? */
export function isPassableFor(account: Account, path: string): boolean {
  if (account.spawnAs.uid === undefined) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined && (stats.mode & passBit(account, stats)) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder for temporary things that `account` can reach. */
export function temporaryRoot(account: Account): string {
  const found = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => isPassableFor(account, folder));
  if (found === undefined) throw new Error(`no temporary folder is reachable by user id ${account.uid}`);
  return found;
}

/** Hands a file or folder over to `account`; nothing to do when that is ourselves. */
export function giveTo(account: Account, path: string): void {
  if (account.spawnAs.uid !== undefined) chownSync(path, account.uid, account.gid);
}

function passBit(account: Account, stats: { uid: number; gid: number }): number {
  if (stats.uid === account.uid) return 0o100;
  return stats.gid === account.gid ? 0o010 : 0o001;
}

function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? undefined : { uid: stats.uid, gid: stats.gid };
}

function accountByName(names: readonly string[]): { uid: number; gid: number } {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of names) {
    const entry = entries.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  throw new Error(`a database server must not run as root, and none of these users exists here: ${names.join(', ')}`);
}
