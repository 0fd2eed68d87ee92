/** One step of an engine: buffers are filled one after the other, as Node does, until there is as much as was wanted. */
import { asInteger, forGuest } from '../arguments.ts';
import { errorOf, listenForFailure, NOTHING, type OnError } from './zlib-engines.ts';
import { ZLIB_LIMITS } from './zlib-limits.ts';
import type { Open } from './zlib-shelf.ts';

/** What the guest asks for, checked. */
export type Step = {
  readonly flush: number;
  readonly chunkSize: number;
  /** How many bytes are enough for one answer. */
  readonly wanted: number;
  /** How far the guest's current buffer is filled. */
  readonly outputAt: number;
};

/** Output of a step, and how things stand after it. */
export type Stepped = {
  readonly output: Uint8Array;
  readonly outputAt: number;
  /** Whether the last buffer was filled, so that there may be more. */
  readonly more: boolean;
  readonly inputLeft: number;
};

type Progress = { readonly parts: Buffer[]; bytes: number; outputAt: number };

/** Buffers in one answer, so that small ones do not pile up. */
const PARTS_MAX = 1024;

/** An integer within bounds, or an error: the values of the guest reach native code. */
export function inRange(value: unknown, min: number, max: number, what: string): number {
  const number = asInteger(value, what);
  if (number < min || number > max) throw new RangeError(`${what} is out of range`);
  return number;
}

export function asStep(open: Open, [flush, outputAt, chunkSize, wanted]: readonly unknown[]): Step {
  const size = inRange(chunkSize, 64, ZLIB_LIMITS.outputBytes, 'chunkSize');
  return {
    flush: inRange(flush, 0, open.engine.flushMax, 'flush'),
    chunkSize: size,
    wanted: inRange(wanted, 1, ZLIB_LIMITS.outputBytes, 'wanted'),
    outputAt: inRange(outputAt, 0, size - 1, 'outputAt'),
  };
}

function argumentsOf({ input, inputAt }: Open, { flush, chunkSize }: Step, { outputAt }: Progress) {
  const room = chunkSize - outputAt;
  return [flush, input, inputAt, input.byteLength - inputAt, Buffer.allocUnsafeSlow(room), 0, room] as const;
}

/** Takes what a write made; true when there is more to write at once. */
function isUnfinished(open: Open, written: ReturnType<typeof argumentsOf>, progress: Progress, step: Step): boolean {
  const [, , , , buffer, , room] = written;
  const [roomLeft = 0, inputLeft = 0] = open.engine.state;
  const made = room - roomLeft;
  open.inputAt = open.input.byteLength - inputLeft;
  if (made > 0) progress.parts.push(buffer.subarray(0, made));
  progress.bytes += made;
  progress.outputAt = (progress.outputAt + made) % step.chunkSize;
  return roomLeft === 0 && progress.bytes < step.wanted && progress.parts.length < PARTS_MAX;
}

function answer({ engine }: Open, { parts, outputAt }: Progress): Stepped {
  const [roomLeft = 0, inputLeft = 0] = engine.state;
  const output = parts.length === 0 ? NOTHING : forGuest(Buffer.concat(parts));
  return { output, outputAt, more: roomLeft === 0, inputLeft };
}

/** Takes a step at once. Throws what Node's engine says; what it made before comes first, and the error with the next step. */
export function stepNow(open: Open, step: Step): Stepped {
  const { engine } = open;
  const progress: Progress = { parts: [], bytes: 0, outputAt: step.outputAt };
  for (;;) {
    const written = argumentsOf(open, step, progress);
    if (engine.failure === undefined) engine.handle.writeSync(...written);
    if (engine.failure !== undefined) {
      if (progress.bytes === 0) throw engine.failure;
      return answer(open, progress);
    }
    if (!isUnfinished(open, written, progress, step)) return answer(open, progress);
  }
}

/** The same in the thread pool. `done` is called once; with nothing when the engine was closed meanwhile. */
export function startStep(open: Open, step: Step, done: (error: Error | null, stepped?: Stepped) => void): void {
  const { engine } = open;
  const progress: Progress = { parts: [], bytes: 0, outputAt: step.outputAt };
  const finish = (error: Error | null, stepped?: Stepped): void => {
    open.busyWith = undefined;
    listenForFailure(engine);
    done(error, stepped);
  };
  const fail = (failure: Error): void => {
    engine.failure = failure;
    if (progress.bytes === 0) finish(failure);
    else finish(null, answer(open, progress));
  };
  const failWith: OnError = (message, errno, code) => fail(errorOf(message, errno, code));
  engine.handle.onerror = failWith;
  const write = (): void => {
    const written = argumentsOf(open, step, progress);
    open.busyWith = written;
    const goOn = (): void => {
      if (open.closed) finish(null);
      else if (isUnfinished(open, written, progress, step)) write();
      else finish(null, answer(open, progress));
    };
    engine.onWritten = goOn;
    engine.handle.write(...written);
  };
  if (engine.failure !== undefined) fail(engine.failure);
  else write();
}
