import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;
const AT_REST_EVERY_MS = 3_000;
const NOTHING = { residentBytes: 0, ownBytes: 0 };

/** What a process holds, and what of it it shares with no other. */
export type HeldMemory = Readonly<typeof NOTHING>;

/**
 * proc(5): pages in all, resident ones, and resident ones of files and shared memory. Read as UTF-8, for which Node takes no
 * buffer: of 64 KiB each, for every host several times a second, they made the collector go over the whole heap each second.
 */
export const heldBy = (pid: number | undefined): HeldMemory => {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    const residentBytes = Number(resident) * PAGE_BYTES;
    return { residentBytes, ownBytes: residentBytes - Number(shared) * PAGE_BYTES };
  } catch {
    return NOTHING;
  }
};

/** After a run its isolate is made ready again, or given up: what is held until then is not what stays. */
const SETTLED_MS = 1_000;

/** How a host is used: what it was given so far, and since when it has had nothing to do. */
type Use = { readonly begun: number; readonly idleSince: number };

/**
 * Looks at what a host holds. One that rests, and has begun nothing since it was looked at, is looked at every few seconds:
 * there may be a hundred of them, and together the questions would keep this process for longer than a login takes. `underWay`:
 * what of its work is not over.
 */
export const createMemoryLook = (
  look: () => HeldMemory,
  use: Use,
  underWay: () => number,
  now = () => performance.now(),
): (() => HeldMemory) => {
  let last: { readonly held: HeldMemory; readonly begun: number; readonly atMs: number } | undefined;
  return () => {
    const { begun, idleSince } = use;
    const rests = underWay() === 0 && now() - idleSince > SETTLED_MS;
    if (rests && last?.begun === begun && now() - last.atMs < AT_REST_EVERY_MS) return last.held;
    const held = look();
    last = rests ? { held, begun, atMs: now() } : undefined;
    return held;
  };
};
