/** What becomes of connections between two runs, with servers that do what no server should. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REUSE } from '../limits.ts';
import type { Follower } from './follower.ts';
import { createParkingLot, type ParkingLot } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';

let server: Server;
let lot: ParkingLot;
let accepted: Socket[];
const opened: Socket[] = [];

beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => void accepted.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lot = createParkingLot();
});
afterEach(() => {
  vi.useRealTimers();
  for (const socket of [...opened.splice(0), ...accepted]) socket.destroy();
  server.close();
});

async function open(): Promise<Socket> {
  const { port } = server.address() as { port: number };
  const count = accepted.length;
  const socket = connect(port, '127.0.0.1');
  opened.push(socket);
  await once(socket, 'connect');
  await vi.waitUntil(() => accepted.length > count);
  return socket;
}
const parkedOf = (socket: Socket, more: Partial<Parked> = {}, reset = async () => true): Parked => ({
  key: 'key',
  socket,
  addresses: {} as Parked['addresses'],
  follower: { reset, farewell: Buffer.from('bye') } as unknown as Follower,
  openedAtMs: performance.now(),
  ...more,
});
const take = (key = 'key', mayServe = (_: Parked) => true): Promise<Parked | undefined> =>
  new Promise((resolve) => void lot.take(key, mayServe, resolve));

describe('a connection that was parked', () => {
  it('is given out once, to whom it was parked for', async () => {
    const socket = await open();
    lot.park(parkedOf(socket));
    expect(await take('other')).toBeUndefined();
    expect((await take())?.socket).toBe(socket);
    expect(await take()).toBeUndefined();
    expect(socket.destroyed).toBe(false);
  });

  it('is given out as it was parked, with nothing of the place where it lay', async () => {
    const parked = parkedOf(await open());
    for (const _ of [1, 2]) {
      lot.park(parked);
      expect(await take()).toBe(parked);
    }
  });

  it('is given out when it has been put back, not before', async () => {
    const socket = await open();
    let putBack: (done: boolean) => void = () => undefined;
    lot.park(parkedOf(socket, {}, () => new Promise((resolve) => (putBack = resolve))));
    let given: Parked | undefined;
    const taken = take().then((parked) => (given = parked));
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeUndefined();
    putBack(true);
    expect((await taken)?.socket).toBe(socket);
  });

  it('keeps nobody waiting whose server takes long to put it back', async () => {
    lot.park(parkedOf(await open(), {}, () => new Promise(() => undefined)));
    expect(await take()).toBeUndefined();
  });

  it('is closed where it could not be put back, and its like is not kept again', async () => {
    const [first, second] = [await open(), await open()];
    lot.park(parkedOf(first, {}, async () => false));
    await vi.waitUntil(() => first.destroyed);
    lot.park(parkedOf(second));
    expect(lot.accepts('key')).toBe(false);
    expect(second.writableEnded).toBe(true);
    expect(await take()).toBeUndefined();
    const other = await open();
    lot.park(parkedOf(other, { key: 'other' }));
    expect((await take('other'))?.socket).toBe(other);
  });

  it.each([
    ['says something', (socket: Socket) => void socket.write('x')],
    ['says that it ends', (socket: Socket) => void socket.end()],
    ['breaks it off', (socket: Socket) => void socket.resetAndDestroy()],
  ])('is closed when its server %s', async (_what, act) => {
    const socket = await open();
    lot.park(parkedOf(socket));
    await new Promise((resolve) => setImmediate(resolve));
    act(accepted[0] as Socket);
    await vi.waitUntil(() => socket.destroyed);
    expect(await take()).toBeUndefined();
  });

  it('is not given to a run that may not use it, and closed', async () => {
    const socket = await open();
    lot.park(parkedOf(socket));
    expect(await take('key', () => false)).toBeUndefined();
    expect(socket.writableEnded).toBe(true);
  });

  it('is not given out when the question was withdrawn', async () => {
    const socket = await open();
    lot.park(parkedOf(socket));
    const withdraw = lot.take(
      'key',
      () => true,
      () => expect.fail('it was answered'),
    );
    withdraw();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await take())?.socket).toBe(socket);
  });

  it('is closed after a while, with the word that its server expects', async () => {
    const socket = await open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    lot.park(parkedOf(socket));
    await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(REUSE.idleMs - 1);
    expect(socket.destroyed).toBe(false);
    const heard = once(accepted[0] as Socket, 'data');
    vi.advanceTimersByTime(1);
    expect(String((await heard)[0])).toBe('bye');
    vi.advanceTimersByTime(1000);
    expect(socket.destroyed).toBe(true);
  });

  it('is closed where its server does not put it back in time', async () => {
    const socket = await open();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    lot.park(parkedOf(socket, {}, () => new Promise(() => undefined)));
    vi.advanceTimersByTime(REUSE.resetMs);
    expect(socket.destroyed).toBe(true);
  });

  it('is not kept beyond its age', async () => {
    const socket = await open();
    lot.park(parkedOf(socket, { openedAtMs: performance.now() - REUSE.ageMs - 1 }));
    expect(socket.writableEnded).toBe(true);
  });

  it('is one of a few: those beyond are closed, those for other credentials first', async () => {
    const sockets = await Promise.all(Array.from({ length: REUSE.total + 1 }, open));
    const [other, ...rest] = sockets as [Socket, ...Socket[]];
    lot.park(parkedOf(other, { key: 'other' }));
    for (const socket of rest) lot.park(parkedOf(socket));
    await new Promise((resolve) => setImmediate(resolve));
    const kept = sockets.filter((socket) => !socket.destroyed && !socket.writableEnded);
    expect(kept).toEqual(rest.slice(0, REUSE.perKey));
    expect(other.destroyed).toBe(true);
  });
});

describe('a connection that is put aside', () => {
  const parkOne = async (): Promise<Socket> => {
    const socket = await open();
    lot.park(parkedOf(socket));
    await new Promise((resolve) => setImmediate(resolve));
    return socket;
  };
  const putAside = (onGone = (): void => undefined) => lot.putAside(() => true, onGone);

  it('is for one run alone, and for everybody once that gives it back', async () => {
    const socket = await parkOne();
    const aside = putAside();
    expect(aside?.parked.socket).toBe(socket);
    expect(putAside()).toBeUndefined();
    expect(await take()).toBeUndefined();
    aside?.giveBack();
    expect((await take())?.socket).toBe(socket);
    expect(aside?.take()).toBeUndefined();
  });

  it('stays with the run that has it, whatever one says that has given it back', async () => {
    const socket = await parkOne();
    const first = putAside();
    first?.giveBack();
    const second = putAside();
    first?.giveBack();
    first?.close();
    expect(second?.take()?.socket).toBe(socket);
    expect(socket.writableEnded).toBe(false);
  });

  it('is given out once', async () => {
    const socket = await parkOne();
    const aside = putAside();
    expect(aside?.take()?.socket).toBe(socket);
    expect(aside?.take()).toBeUndefined();
    expect(socket.destroyed).toBe(false);
  });

  it('is closed and not given out where its server says something meanwhile', async () => {
    const socket = await parkOne();
    const aside = putAside();
    accepted[0]?.write('x');
    await vi.waitUntil(() => socket.destroyed);
    expect(aside?.take()).toBeUndefined();
    expect(lot.isEmpty()).toBe(true);
  });

  it('is known to be gone where its server has ended it, and not where its run has decided on it', async () => {
    const gone = vi.fn();
    await parkOne();
    putAside(gone)?.take();
    await parkOne();
    putAside(gone)?.close();
    await parkOne();
    putAside(gone)?.giveBack();
    expect(gone).not.toHaveBeenCalled();
    putAside(gone);
    accepted.at(-1)?.end();
    await vi.waitUntil(() => lot.isEmpty());
    expect(gone).toHaveBeenCalledOnce();
  });

  it('is closed where its run did not end in order, unless it has left already', async () => {
    const [first, second] = [await parkOne(), await parkOne()];
    putAside()?.close();
    expect(second.writableEnded).toBe(true);
    const aside = putAside();
    expect(aside?.take()?.socket).toBe(first);
    aside?.close();
    expect(first.writableEnded).toBe(false);
  });

  it('is one that has been put back, and that is wanted', async () => {
    lot.park(parkedOf(await open(), {}, () => new Promise(() => undefined)));
    expect(putAside()).toBeUndefined();
    await parkOne();
    expect(
      lot.putAside(
        () => false,
        () => undefined,
      ),
    ).toBeUndefined();
  });
});
