/** One connection of the host as the guest handles it: operations out, events in, writes acknowledged in windows. */
import type {
  ConnectionFacts,
  GuestEvent,
  RunInput,
  SecureInfo,
  SessionFacts,
  TlsOptions,
  Unauthorized,
  WireError,
} from '../bridge/operations.ts';
import { act, createId, isDelivering, listen, send, toError, unlisten } from './bridge.ts';
import { create, NativeUint8Array } from './primordials.ts';

/** Bytes that may be under way to the host before a write waits for the host's acknowledgement. */
const WINDOW_BYTES = 256 * 1024;

/** A driver's farewell is no longer; what it comes to is known at once where the host keeps the connection. */
const FAREWELL_BYTES_MAX = 5;

let kept: RunInput['kept'] = 'none';
/** What the host does with connections that may be kept: whether it is worth waiting for its answer. */
export function expectKept(expected: RunInput['kept']): void {
  kept = expected;
}

export type ChannelEvents = {
  readonly onConnect: (facts: ConnectionFacts) => void;
  readonly onData: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
  readonly onClose: (hadError: boolean) => void;
  readonly onSecure?: (info: SecureInfo) => void;
  readonly onUnauthorized?: (facts: Unauthorized) => void;
  readonly onSession?: (facts: SessionFacts) => void;
  /** Of TLS, where it was asked for: a line of the key log, what an authority says of the certificate. */
  readonly onTold?: (event: 'keylog' | 'OCSPResponse', bytes: Uint8Array | null) => void;
  /** Of TLS over a stream of the isolate: bytes for the stream, and room for more of its own. */
  readonly onCipher?: (bytes: Uint8Array | null) => void;
  readonly onFed?: () => void;
};

export type Channel = {
  readonly id: number;
  /** `key` is there where the connection may be one of an earlier run, or be kept for a later one. */
  open(host: string, port: number, family: number, key?: string): void;
  /** Starts TLS on the connection of another channel, which this one takes over; on a stream of the isolate for 0. */
  secure(parentId: number, options: TlsOptions): void;
  write(bytes: Uint8Array, done: () => void): void;
  end(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
  /** Takes events that came with the answer to a question. */
  take(events: readonly GuestEvent[]): void;
  option(name: 'noDelay' | 'keepAlive' | 'maxSendFragment' | 'keylog', value: boolean, amount: number): void;
};

/** Bytes without the rest of the buffer that they are a view of: a copy across the boundary takes the whole buffer. */
export function exactly(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.constructor === NativeUint8Array
    ? bytes
    : new NativeUint8Array(bytes);
}

type Receive = (type: string, a: unknown, b: unknown) => void;

/** Events with numbers are handled by them, those that come too early when their turn is there; others at once. */
function inOrder(handle: (type: string, a: unknown) => void): Receive {
  const early: Record<number, readonly [type: string, a: unknown]> = create(null);
  let expected = 0;
  return (type, a, b) => {
    if (typeof b !== 'number') {
      handle(type, a);
      return;
    }
    early[b] = [type, a];
    for (let next = early[expected]; next !== undefined; next = early[expected]) {
      delete early[expected];
      expected += 1;
      handle(next[0], next[1]);
    }
  };
}

function hasClose(events: readonly GuestEvent[], id: number): boolean {
  const last = events[events.length - 1];
  return last !== undefined && last[0] === id && last[1] === 'close';
}

export function createChannel(events: ChannelEvents): Channel {
  const id = createId();
  let unacknowledged = 0;
  const waiting: (() => void)[] = [];
  let closed = false;
  let isKept = false;
  /** The host has closed it, and the event that tells of it is under way. */
  let isOver = false;
  const close = (): void => {
    closed = true;
    unlisten(id);
  };
  const onAck = (): void => {
    unacknowledged = 0;
    waiting.shift()?.();
  };
  const handle = (type: string, a: unknown): void => {
    if (type === 'data') events.onData(a as Uint8Array);
    else if (type === 'ack') onAck();
    else if (type === 'connect') events.onConnect(a as ConnectionFacts);
    else if (type === 'end') events.onEnd();
    else if (type === 'error') events.onError(toError(a as WireError));
    else if (type === 'secure') events.onSecure?.(a as SecureInfo);
    else if (type === 'unauthorized') events.onUnauthorized?.(a as Unauthorized);
    else if (type === 'session') events.onSession?.(a as SessionFacts);
    else if (type === 'keylog' || type === 'OCSPResponse') events.onTold?.(type, a as Uint8Array | null);
    else if (type === 'cipher') events.onCipher?.(a as Uint8Array | null);
    else if (type === 'fed') events.onFed?.();
    else if (type === 'close') {
      close();
      events.onClose(a === true);
    }
  };
  const receive = inOrder(handle);
  listen(id, receive);
  return {
    id,
    open(host, port, family, key) {
      isKept = key !== undefined && kept !== 'none';
      if (!isKept) send(['open', id, host, port, family]);
      else if (kept === 'some') act(['open', id, host, port, family, key as string]);
      else send(['open', id, host, port, family, key as string]);
    },
    secure: (parentId, options) => send(['tls', id, parentId, options]),
    write(bytes, done) {
      unacknowledged += bytes.byteLength;
      const wait = unacknowledged > WINDOW_BYTES;
      const mayBeLast = isKept && bytes.byteLength <= FAREWELL_BYTES_MAX && !isDelivering();
      if (mayBeLast) isOver = hasClose(act(['write', id, exactly(bytes), wait]), id);
      else send(['write', id, exactly(bytes), wait], bytes.byteLength);
      if (wait) waiting.push(done);
      else done();
    },
    end() {
      if (!isOver) send(['end', id]);
    },
    destroy() {
      if (closed) return;
      close();
      if (!isOver) send(['destroy', id]);
    },
    take(taken) {
      for (let i = 0; i < taken.length; i++) {
        const [, type, a, b] = taken[i] as GuestEvent;
        receive(type, a, b);
      }
    },
    pause: () => send(['pause', id]),
    resume: () => send(['resume', id]),
    option: (name, value, amount) => send(['option', id, name, value, amount]),
  };
}
