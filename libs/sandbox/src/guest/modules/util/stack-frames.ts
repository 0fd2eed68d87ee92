/** Frames of a stack that are told elsewhere, or over and over, are left out. */
import type { Context } from './inspect-context.ts';
import { append, min } from './intrinsics.ts';

const SHARED_MIN = 4;
const REPEATED_FRAMES_MIN = 3;
/** Shorter stacks are shown whole. */
const LONG_STACK = 10;

/** The first stretch of frames that the cause has as well: where it begins and how long it is. */
function sharedRange(frames: readonly string[], others: readonly string[]): { from: number; length: number } {
  for (let from = 0; from < frames.length - 3; from++) {
    let at = 0;
    while (at < others.length && others[at] !== frames[from]) at += 1;
    const longest = min(frames.length - from, others.length - at);
    let length = 1;
    while (length < longest && frames[from + length] === others[at + length]) length += 1;
    if (longest >= SHARED_MIN && length >= SHARED_MIN) return { from, length };
  }
  return { from: 0, length: 0 };
}

function replaceFrames(frames: readonly string[], from: number, count: number, by: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < from; i++) append(result, frames[i] as string);
  append(result, by);
  for (let i = from + count; i < frames.length; i++) append(result, frames[i] as string);
  return result;
}

/** Frames that the cause shows too, but the first and the last of them. */
export function hideSharedFrames(ctx: Context, frames: string[], causeFrames: readonly string[]): string[] {
  const { from, length } = sharedRange(frames, causeFrames);
  if (length === 0) return frames;
  const skipped = length - 2;
  const note = ctx.stylize(`    ... ${skipped} lines matching cause stack trace ...`, 'undefined');
  return replaceFrames(frames, from + 1, skipped, note);
}

const isSame = (frames: readonly string[], one: number, other: number, length: number): boolean => {
  for (let i = 0; i < length; i++) if (frames[one + i] !== frames[other + i]) return false;
  return true;
};

/** The shortest block that comes again right after itself, and how often. */
function repetitionAt(frames: readonly string[], at: number): { block: number; times: number } {
  for (let block = 1; at + 2 * block <= frames.length; block++) {
    let times = 0;
    while (at + (times + 2) * block <= frames.length && isSame(frames, at, at + (times + 1) * block, block)) times += 1;
    if (times * block >= REPEATED_FRAMES_MIN) return { block, times };
  }
  return { block: 0, times: 0 };
}

/** In long stacks, blocks of frames that repeat are shown once. */
export function collapseRepeated(ctx: Context, frames: string[]): string[] {
  if (frames.length <= LONG_STACK) return frames;
  const result: string[] = [];
  for (let at = 0; at < frames.length; ) {
    const { block, times } = repetitionAt(frames, at);
    if (times === 0) {
      append(result, frames[at] as string);
      at += 1;
      continue;
    }
    for (let i = 0; i < block; i++) append(result, frames[at + i] as string);
    const how = times > 1 ? `${block} lines ${times} times...` : 'lines ...';
    append(
      result,
      ctx.stylize(`    ... collapsed ${block * times} duplicate lines matching above ${how}`, 'undefined'),
    );
    at += block * (times + 1);
  }
  return result;
}
