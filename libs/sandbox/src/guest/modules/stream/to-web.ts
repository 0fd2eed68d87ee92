/** `toWeb`: the web's streams over Node's, as Node makes them. */
import type { Duplex, Readable, Writable } from 'node:stream';
import { lazyValue } from '../../globals/lazy-value.ts';
import { Buffer } from '../buffer.ts';
import { invalidArgType } from '../node-errors.ts';

type Finished = (of: Readable | Writable, options: object, done: (error?: Error | null) => void) => () => void;
type Options = { readonly strategy?: QueuingStrategy } | undefined;
type Facts = { readonly finished: Finished; readonly aborted: (cause?: Error) => Error };

const make = <T>(name: string, ...args: unknown[]): T =>
  new (lazyValue(name) as new (...given: unknown[]) => T)(...args);

/** Not a fault of the stream: somebody gave it up. */
const toldAs = (error: Error, aborted: Facts['aborted']): Error =>
  (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE' ? aborted(error) : error;

const ignore = (): void => undefined;

function countedIn(objects: boolean, highWaterMark: number): QueuingStrategy {
  return make(objects ? 'CountQueuingStrategy' : 'ByteLengthQueuingStrategy', { highWaterMark });
}

function endedWritable(): WritableStream {
  const web = make<WritableStream>('WritableStream');
  void web.close();
  return web;
}

/** Gives every piece on, and waits while there are enough. */
function feed(stream: Readable, controller: ReadableStreamDefaultController): void {
  const { readableObjectMode: objects } = stream;
  stream.pause();
  stream.on('data', (chunk: unknown) => {
    controller.enqueue(Buffer.isBuffer(chunk) && !objects ? new Uint8Array(chunk) : chunk);
    if ((controller.desiredSize ?? 0) <= 0) stream.pause();
  });
}

/** One that is over already has an end to tell of, too. */
function readableOver(stream: Readable, options: Options, { finished, aborted }: Facts): ReadableStream {
  let controller!: ReadableStreamDefaultController;
  let isOver = false;
  const { readable: isOpen, readableObjectMode: objects, readableHighWaterMark } = stream;
  const source = {
    start: (given: ReadableStreamDefaultController) => {
      controller = given;
    },
    pull: () => void (isOpen && stream.resume()),
    cancel: (reason?: Error) => {
      isOver = true;
      stream.destroy(reason ?? aborted());
    },
  };
  const strategy = isOpen ? (options?.strategy ?? countedIn(objects, readableHighWaterMark)) : undefined;
  const web = make<ReadableStream>('ReadableStream', source, strategy);
  const cleanUp = finished(stream, { writable: false }, (error) => {
    cleanUp();
    // Old streams may fail again.
    stream.on('error', ignore);
    if (isOver) return;
    isOver = true;
    if (error) controller.error(toldAs(error, aborted));
    else controller.close();
  });
  if (isOpen) feed(stream, controller);
  return web;
}

type Waiting = { resolve: () => void; reject: (error: unknown) => void; promise: Promise<void> };

/** What the web's side waits for: that there is room again, and that all is written. */
function sinkOver(stream: Writable, { finished, aborted }: Facts) {
  let controller: WritableStreamDefaultController | undefined;
  let room: Waiting | undefined;
  let end: Waiting | undefined;
  const cleanUp = finished(stream, {}, (error) => {
    cleanUp();
    stream.on('error', ignore);
    if (!error && end !== undefined) return end.resolve();
    const told = error ? toldAs(error, aborted) : aborted();
    room?.reject(told);
    end?.reject(told);
    controller?.error(told);
  });
  stream.on('drain', () => room?.resolve());
  return {
    start: (given: WritableStreamDefaultController) => {
      controller = given;
    },
    write(chunk: unknown) {
      const piece = !stream.writableObjectMode && chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
      if (!stream.writableNeedDrain && stream.write(piece)) return undefined;
      room = Promise.withResolvers<void>();
      // One that has failed has nothing to wait for.
      if (!stream.writableNeedDrain) room.resolve();
      return room.promise;
    },
    abort: (reason?: Error) => void stream.destroy(reason ?? aborted()),
    close() {
      if (stream.writableEnded) return undefined;
      end = Promise.withResolvers<void>();
      stream.end();
      return end.promise;
    },
  };
}

type Sized = { readonly byteLength?: number; readonly length?: number } | null | undefined;

function writableOver(stream: Writable, facts: Facts): WritableStream {
  if (stream.destroyed || !stream.writable) return endedWritable();
  const { writableObjectMode, writableHighWaterMark: highWaterMark } = stream;
  const size = (chunk: Sized): number => chunk?.byteLength ?? chunk?.length ?? 1;
  const strategy = writableObjectMode ? countedIn(true, highWaterMark) : { highWaterMark, size };
  return make('WritableStream', sinkOver(stream, facts), strategy);
}

const has = (stream: unknown, state: string): boolean =>
  typeof (stream as Record<string, unknown> | undefined | null)?.[state] === 'object';

/** `Readable.toWeb`, `Writable.toWeb` and `Duplex.toWeb`. */
export const toWebFunctions = (facts: Facts) => ({
  readable(stream: unknown, options?: Options): ReadableStream {
    if (!has(stream, '_readableState')) throw invalidArgType('streamReadable', 'an stream.Readable', stream);
    return readableOver(stream as Readable, options, facts);
  },
  writable(stream: unknown): WritableStream {
    const { write, on } = (stream ?? {}) as Partial<Writable>;
    if (typeof write !== 'function' || typeof on !== 'function') {
      throw invalidArgType('streamWritable', 'an stream.Writable', stream);
    }
    return writableOver(stream as Writable, facts);
  },
  duplex(stream: unknown, options?: Options): { readable: ReadableStream; writable: WritableStream } {
    if (!has(stream, '_readableState') || !has(stream, '_writableState')) {
      throw invalidArgType('duplex', 'an stream.Duplex', stream);
    }
    const writable = writableOver(stream as Duplex, facts);
    return { writable, readable: readableOver(stream as Duplex, options, facts) };
  },
});
