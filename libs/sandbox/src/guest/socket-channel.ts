/** One connection of the host as the guest handles it: operations out, events in, writes acknowledged in windows. */
import { driverIn, FAREWELLS } from '../bridge/farewells.ts';
import {
  type ConnectionFacts,
  type GuestEvent,
  OFFER_ID,
  type OfferedSession,
  type RunInput,
  type SecureInfo,
  type SessionFacts,
  type TlsOptions,
  type Unauthorized,
  type WireError,
} from '../bridge/operations.ts';
import { sessionMark } from '../bridge/session-mark.ts';
import { act, createId, isDelivering, listen, send, tellSoon, toError, unlisten } from './bridge.ts';
import { createFirstWords, isSame } from './first-words.ts';
import { create, hasOwn, NativeUint8Array } from './primordials.ts';

/** Bytes that may be under way to the host before a write waits for the host's acknowledgement. */
const WINDOW_BYTES = 256 * 1024;

let kept: RunInput['kept'] = 'none';
let offered: OfferedSession | undefined;
/** What the host does with connections that may be kept: whether it is worth waiting for its answer, and what is known of it. */
export function expectKept(expected: RunInput['kept'], offer: OfferedSession | undefined): void {
  kept = expected;
  offered = offer;
}

/** The session that the host has offered, where it is the one that is wanted: the first wish decides. */
function takeOffer(...wanted: Parameters<typeof sessionMark>): OfferedSession | undefined {
  const offer = offered;
  offered = undefined;
  return offer?.mark === sessionMark(...wanted) ? offer : undefined;
}

listen(OFFER_ID, () => {
  offered = undefined;
});

/** What the host would have said of it. */
function openingOf(id: number, { facts, data }: OfferedSession): readonly GuestEvent[] {
  const events: GuestEvent[] = [[id, 'connect', facts]];
  for (let i = 0; i < data.length; i++) events[i + 1] = [id, 'data', data[i]];
  return events;
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
  /** What its driver says at the end, where the host knows that for the last word. */
  farewell(): readonly number[] | undefined;
  /**
   * `key` is there where the connection may be one of an earlier run, or be kept for a later one; `words` where it is known
   * what will be written first.
   */
  open(host: string, port: number, family: number, key?: string, words?: Uint8Array): void;
  /** Starts TLS on the connection of another channel, which this one takes over; on a stream of the isolate where there is none. */
  secure(parent: Channel | undefined, options: TlsOptions): void;
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

/** What ends a session of this key; undefined where its driver says nothing at the end. */
function farewellOf(key: string): readonly number[] | undefined {
  const driver = driverIn(key);
  return hasOwn(FAREWELLS, driver) ? FAREWELLS[driver as keyof typeof FAREWELLS] : undefined;
}

/** What becomes of each event; `own`: of those that the channel itself must know. */
function handlerOf(
  events: ChannelEvents,
  own: { readonly onAck: () => void; readonly onConnect: (facts: ConnectionFacts) => void; readonly close: () => void },
): (type: string, a: unknown) => void {
  return (type, a) => {
    if (type === 'data') events.onData(a as Uint8Array);
    else if (type === 'ack') own.onAck();
    else if (type === 'connect') own.onConnect(a as ConnectionFacts);
    else if (type === 'end') events.onEnd();
    else if (type === 'error') events.onError(toError(a as WireError));
    else if (type === 'secure') events.onSecure?.(a as SecureInfo);
    else if (type === 'unauthorized') events.onUnauthorized?.(a as Unauthorized);
    else if (type === 'session') events.onSession?.(a as SessionFacts);
    else if (type === 'keylog' || type === 'OCSPResponse') events.onTold?.(type, a as Uint8Array | null);
    else if (type === 'cipher') events.onCipher?.(a as Uint8Array | null);
    else if (type === 'fed') events.onFed?.();
    else if (type === 'close') {
      own.close();
      events.onClose(a === true);
    }
  };
}

export function createChannel(events: ChannelEvents): Channel {
  const id = createId();
  let unacknowledged = 0;
  const waiting: (() => void)[] = [];
  let closed = false;
  let words = createFirstWords(id, undefined);
  let farewell: readonly number[] | undefined;
  /** That was said: the host sees to the rest. */
  let isOver = false;
  const close = (): void => {
    closed = true;
    unlisten(id);
  };
  /** Whether these are the last bytes: the end that follows is told without a word of the host. */
  const takesLeave = (bytes: Uint8Array): boolean => {
    if (farewell === undefined || !isSame(bytes, farewell) || isDelivering()) return false;
    isOver = true;
    send(['farewell', id, exactly(bytes)], bytes.byteLength);
    tellSoon([
      [id, 'end'],
      [id, 'close', false],
    ]);
    return true;
  };
  const onAck = (): void => {
    unacknowledged = 0;
    waiting.shift()?.();
  };
  const onConnect = (facts: ConnectionFacts): void => {
    words.onConnect(facts.hasSpoken === true);
    events.onConnect(facts);
  };
  const receive = inOrder(handlerOf(events, { onAck, onConnect, close }));
  listen(id, receive);
  return {
    id,
    farewell: () => farewell,
    open(host, port, family, key, first) {
      words = createFirstWords(id, first && exactly(first));
      farewell = key === undefined ? undefined : farewellOf(key);
      if (key === undefined || kept === 'none') {
        send(['open', id, host, port, family, undefined, words.bytes]);
        return;
      }
      const offer = offered && takeOffer(host, port, family, key);
      if (offer !== undefined) {
        send(['take', id, host, port, family, key]);
        tellSoon(openingOf(id, offer));
      } else if (kept === 'some') act(['open', id, host, port, family, key, words.bytes]);
      else send(['open', id, host, port, family, key, words.bytes]);
    },
    secure(parent, options) {
      farewell = parent?.farewell();
      send(['tls', id, parent?.id ?? 0, options]);
    },
    write(bytes, done) {
      if (words.takes(bytes) || takesLeave(bytes)) {
        done();
        return;
      }
      unacknowledged += bytes.byteLength;
      const wait = unacknowledged > WINDOW_BYTES;
      send(['write', id, exactly(bytes), wait], bytes.byteLength);
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
