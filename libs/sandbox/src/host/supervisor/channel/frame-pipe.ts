import type { Duplex } from 'node:stream';
import { encodeFrame } from '../../../bridge/frame-codec.ts';
import { createFrameSplitter } from '../../../bridge/frame-splitter.ts';
import { FRAME_BYTES_MAX, type SupervisorFrame } from '../../../bridge/frames.ts';
import { createConversation } from './conversation.ts';
import { isTooHeavy } from './frame-weight.ts';

/** Frames to a host and from it. */
export type FramePipe = {
  send(frame: SupervisorFrame): void;
  /** Notes that the connection asked for by `id` was handed over. */
  handed(id: number): void;
  /** Reads no more. */
  stop(): void;
};

export type FramePipeListener = {
  /** Has passed length, size and turn checks; its schema is still to be checked. */
  frame(frame: unknown): void;
  violation(rule: string): void;
  closed(): void;
};

class Violation extends Error {}

/** Far more than all runs and answers that a host may have been given at once: what asks on, and does not read. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024;

/** What a host writes is hostile input: whatever is wrong with it is a violation, and nothing it writes throws here. */
export const createFramePipe = (pipe: Duplex, listener: FramePipeListener): FramePipe => {
  const conversation = createConversation();
  const splitter = createFrameSplitter(FRAME_BYTES_MAX);
  let stopped = false;

  const check = (body: Buffer): unknown => {
    if (isTooHeavy(body)) throw new Violation('frame of too many values');
    const frame: unknown = JSON.parse(body.toString('utf8'));
    const rule = conversation.broken(frame);
    if (rule !== undefined) throw new Violation(rule);
    return frame;
  };
  const framesIn = function* (bytes: Buffer): Generator<unknown> {
    try {
      for (const body of splitter.push(bytes)) yield check(body);
    } catch (error) {
      listener.violation(error instanceof Violation ? error.message : 'bytes that are no frame');
    }
  };
  pipe.on('data', (bytes: Buffer) => {
    for (const frame of framesIn(bytes)) if (!stopped) listener.frame(frame);
  });
  pipe.on('error', listener.closed);
  pipe.on('close', listener.closed);
  return {
    send(frame) {
      // What is too large to be sent has not been said.
      const bytes = encodeFrame(frame);
      conversation.sent(frame);
      if (stopped || !pipe.writable) return;
      pipe.write(bytes);
      if (pipe.writableLength > UNREAD_BYTES_MAX) listener.violation('answers that are not read');
    },
    handed: conversation.handed,
    stop() {
      stopped = true;
      pipe.pause();
    },
  };
};
