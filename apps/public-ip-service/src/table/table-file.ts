import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Logger, makeFolder } from '@userferry/process';
import { isDamage, readSavedTable, type SavedTable, savedTableText } from './saved-table.ts';
import type { TableState } from './table-state.ts';

export type TableFile = {
  /** What was saved last; `undefined` when there is nothing, or nothing that can be read (which is then put aside). */
  readonly load: () => Promise<SavedTable | undefined>;
  /** Resolves when this state, or a later one, is on the disk. A disk that fails is logged: memory still knows. */
  readonly save: (state: TableState) => Promise<void>;
  /**
   * Saves which list the webhook's listener took last. It stays through each save of a table; before the first of those it
   * is only kept for it.
   */
  readonly saveTold: (told: readonly string[]) => Promise<void>;
};

/**
 * Keeps the table in one file, replaced as a whole: written beside, flushed, renamed. Saves that come while one is under
 * way are one save.
 */
export const createTableFile = (path: string, log: Logger): TableFile => {
  let latest: SavedTable | undefined;
  let told: readonly string[] | undefined;
  let writing: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;

  const write = (): Promise<void> => {
    waiting = undefined;
    if (latest === undefined) return Promise.resolve();
    writing = replaceFile(path, savedTableText(latest, told))
      .catch((err: unknown) => log.error({ err, path }, 'the table cannot be saved: a restart now would lose it'))
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };
  const writeSoon = (): Promise<void> => {
    // First: as the one under way ends, the one that waits for it has not begun yet, and two at once tear the file.
    if (waiting !== undefined) return waiting;
    if (writing === undefined) return write();
    waiting = writing.then(write);
    return waiting;
  };
  return {
    load: async () => {
      latest = await loadFile(path, log);
      told = latest?.told;
      return latest;
    },
    save: (state) => {
      latest = state;
      return writeSoon();
    },
    saveTold: (ips) => {
      told = ips;
      return writeSoon();
    },
  };
};

const besideOf = (path: string): string => `${path}.new`;

const replaceFile = async (path: string, text: string): Promise<void> => {
  const beside = besideOf(path);
  await using file = await open(beside, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
  await rename(beside, path);
  // The name, too, has to be on the disk.
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
};

const loadFile = async (path: string, log: Logger): Promise<SavedTable | undefined> => {
  await requireWritable(path);
  if (await isNoFile(path)) throw new Error(`the table ${path} is no file`);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`the table ${path} cannot be read (${error.code})`);
  });
  if (text === undefined) return undefined;
  const read = readSavedTable(text);
  if (!isDamage(read)) return read;
  const aside = `${path}.unreadable`;
  await rename(path, aside);
  log.error({ path, aside, ...read }, 'the saved table is damaged: it is put aside, and the list begins anew');
  return undefined;
};

/** A pipe has no end, and a device that was put aside would be missing for the whole machine. */
const isNoFile = async (path: string): Promise<boolean> => {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && !stats.isFile();
};

/** Found out at the start, and not when the first runner has reported. */
const requireWritable = async (path: string): Promise<void> => {
  const [folder, beside] = [dirname(path), besideOf(path)];
  try {
    makeFolder(folder, 0o700);
    // Whoever may write to a folder cannot always, as in /proc.
    await writeFile(beside, '', { mode: 0o600 });
    await rm(beside);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`the folder of USERFERRY_PUBLIC_IP_STATE_FILE, ${folder}, cannot be written to (${code})`);
  }
};
