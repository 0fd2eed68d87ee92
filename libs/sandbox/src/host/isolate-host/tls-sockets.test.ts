/** What a guest may try with TLS through a stream of its own: everything that it sends is hostile. */
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { GuestEvent } from '../../bridge/operations.ts';
import type { EventQueue } from './event-queue.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import { createOrderedEvents } from './ordered-events.ts';
import { createSockets, type Sockets } from './sockets.ts';
import { createTlsContexts, toTlsOptions } from './tls-options.ts';
import { createTransportLog } from './transport-log.ts';
import { createVirtualTransport } from './virtual-transport.ts';
import { createRunWaits } from './wait-clock.ts';

const queueInto = (seen: GuestEvent[]): EventQueue => ({
  emit: (event) => void seen.push(event),
  gather: () => [],
  close: () => undefined,
});

function open(): { sockets: Sockets; seen: GuestEvent[] } {
  const seen: GuestEvent[] = [];
  const events = queueInto(seen);
  const link = { connect: () => () => undefined } as never;
  const transport = createTransportLog();
  const sockets = createSockets({
    runId: 'run',
    link,
    transport,
    events,
    waits: createRunWaits(),
    onQuota: () => undefined,
  });
  return { sockets, seen };
}
const feed = (sockets: Sockets, ...args: unknown[]) => sockets.questions.get('feed')?.(args);
const typesOf = (events: readonly GuestEvent[]) => events.map(([id, type]) => [id, type]);

describe('feeding', () => {
  it('answers nothing for connections that are not there or are none of a stream', () => {
    const { sockets } = open();
    sockets.open(1, 'localhost', 1, 0);
    for (const id of [1, 2, '1', null, undefined, {}, -1]) {
      expect(feed(sockets, id, new Uint8Array(1))).toEqual({ events: [], isFull: false });
    }
    sockets.closeAll();
  });

  it('takes bytes and the end, and nothing else', () => {
    const { sockets } = open();
    sockets.startTls(1, 0, {});
    for (const bytes of ['text', 7, {}, [1], undefined]) {
      expect(() => feed(sockets, 1, bytes)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
    }
    sockets.closeAll();
  });

  it('bytes that are no TLS end that connection and leave others alone', async () => {
    const { sockets, seen } = open();
    sockets.startTls(1, 0, {});
    sockets.startTls(2, 0, {});
    feed(sockets, 1, new Uint8Array(100).fill(65));
    feed(sockets, 1, new Uint8Array(100).fill(65));
    await expect.poll(() => typesOf(seen)).toContainEqual([1, 'error']);
    await expect.poll(() => sockets.size()).toBe(1);
    expect(typesOf(seen).filter(([id]) => id === 2)).toEqual([[2, 'cipher']]);
    sockets.closeAll();
    expect(sockets.size()).toBe(0);
  });

  it('faster than anyone reads has an end', () => {
    const { feed: give } = createVirtualTransport(() => undefined);
    const bytes = Buffer.alloc(1024 * 1024);
    const rooms = () => Array.from({ length: 8 }, () => give(bytes, () => undefined));
    expect(rooms).toThrow(QuotaExceeded);
  });

  it('many streams are no way around the limit of connections', () => {
    const { sockets } = open();
    const start = () => {
      for (let id = 1; id <= LIMITS.sockets + 1; id++) sockets.startTls(id, 0, {});
    };
    expect(start).toThrow(QuotaExceeded);
    sockets.closeAll();
  });
});

describe('options', () => {
  it('name no file, no engine, no callback and no other socket', () => {
    const socket = new Duplex({ read: () => undefined, write: () => undefined });
    const evil = {
      path: '/run/x.sock',
      port: 1,
      lookup: () => undefined,
      pskCallback: () => undefined,
      ALPNCallback: () => undefined,
      checkServerIdentity: () => undefined,
      clientCertEngine: 'x',
      privateKeyEngine: 'x',
      privateKeyIdentifier: 'x',
      secureContext: {},
      enableTrace: true,
      isServer: true,
    };
    const { secureContext, ...others } = toTlsOptions(socket, evil as never, createTlsContexts());
    expect(others).toEqual({ socket, rejectUnauthorized: true });
    expect(secureContext).not.toBe(evil.secureContext);
  });

  it('of no use are refused with an error, whatever they are', () => {
    const check = open().sockets.questions.get('secureContext');
    for (const given of [{ key: 'x' }, { ciphers: 7 }, { minVersion: {} }, { cert: [[]] }]) {
      expect(() => check?.([given])).toThrow();
    }
    expect(check?.([undefined])).toBeUndefined();
  });

  it('that were found to be of use are spoken with once, and by nobody who gave others', () => {
    const contexts = createTlsContexts();
    contexts.prepare({ minVersion: 'TLSv1.3' });
    const other = contexts.take({});
    const first = contexts.take({ minVersion: 'TLSv1.3', servername: 'a.example' });
    expect(new Set([other, first, contexts.take({ minVersion: 'TLSv1.3' })]).size).toBe(3);
  });

  it('that cannot start TLS fail that connection alone', () => {
    const { sockets, seen } = open();
    sockets.startTls(1, 0, { key: 'x' });
    expect(typesOf(seen)).toEqual([
      [1, 'error'],
      [1, 'close'],
    ]);
    expect(sockets.size()).toBe(0);
  });
});

it('gathered events belong to the connection that was fed, and numbers keep the order of all', () => {
  const seen: GuestEvent[] = [];
  const ordered = createOrderedEvents(queueInto(seen));
  ordered.begin(1);
  ordered.begin(2);
  ordered.events.emit([1, 'a']);
  const gathered = ordered.gather(1, () => {
    ordered.events.emit([1, 'b']);
    ordered.events.emit([2, 'x']);
    ordered.events.emit([3, 'plain', true]);
  });
  ordered.events.emit([1, 'c']);
  expect(gathered).toEqual([[1, 'b', undefined, 1]]);
  expect(seen).toEqual([
    [1, 'a', undefined, 0],
    [2, 'x', undefined, 0],
    [3, 'plain', true],
    [1, 'c', undefined, 2],
  ]);
});
