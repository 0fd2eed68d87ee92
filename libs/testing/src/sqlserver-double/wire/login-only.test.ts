import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SqlServerDouble, startSqlServerDouble } from '../start-sql-server-double.ts';
import { createPacketReader, createPacketWriter, type Message, PACKET } from './packets.ts';
import { ENCRYPTION, readPreloginEncryption, writePrelogin } from './prelogin.ts';

// tedious offers all or nothing, so a small client of our own is the one that encrypts its login alone.
let double: SqlServerDouble;
let socket: Socket;
beforeEach(async () => {
  double = await startSqlServerDouble();
  socket = connectTcp(double.port, '127.0.0.1');
  await once(socket, 'connect');
});
afterEach(async () => {
  socket.destroy();
  await double.stop();
});

const packets = (type: number, payload: Buffer): Buffer => {
  const sent: Buffer[] = [];
  const writer = createPacketWriter(type, 4096, async (bytes) => void sent.push(bytes));
  writer.content.bytes(payload);
  void writer.end();
  return Buffer.concat(sent);
};

const nextMessage = (): Promise<Message> =>
  new Promise((resolve, reject) => {
    const receive = createPacketReader((message) => {
      socket.off('data', receive);
      resolve(message);
    });
    socket.on('data', receive);
    socket.once('close', () => reject(new Error('the server hung up')));
  });

const obfuscate = (password: string): Buffer =>
  Buffer.from(Buffer.from(password, 'utf16le').map((byte) => (((byte & 0x0f) << 4) | (byte >> 4)) ^ 0xa5));

const login7 = (userName: string, password: string): Buffer => {
  const fixed = Buffer.alloc(94);
  const fields: [number, Buffer][] = [
    [40, Buffer.from(userName, 'utf16le')],
    [44, obfuscate(password)],
  ];
  let offset = fixed.length;
  for (const [at, bytes] of fields) {
    fixed.writeUInt16LE(offset, at);
    fixed.writeUInt16LE(bytes.length / 2, at + 2);
    offset += bytes.length;
  }
  fixed.writeUInt32LE(offset, 0);
  fixed.writeUInt32LE(0x74000004, 4);
  return Buffer.concat([fixed, ...fields.map(([, bytes]) => bytes)]);
};

const shakeHands = async (): Promise<{ secure: TLSSocket; leave: () => void }> => {
  let isWrapped = true;
  const pipe = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) =>
      void socket.write(isWrapped ? packets(PACKET.prelogin, chunk) : chunk, done),
  });
  const receive = createPacketReader(({ payload }) => void pipe.push(payload));
  socket.on('data', receive);
  const secure = connectTls({ socket: pipe, servername: 'localhost', ca: double.caCertificate, maxVersion: 'TLSv1.2' });
  await once(secure, 'secureConnect');
  isWrapped = false;
  return { secure, leave: () => socket.off('data', receive) };
};

describe('a session whose login alone is encrypted', () => {
  it('comes back to the clear with the answer to the login', async () => {
    socket.write(packets(PACKET.prelogin, writePrelogin([1, 0, 0], ENCRYPTION.off)));
    expect(readPreloginEncryption((await nextMessage()).payload)).toBe(ENCRYPTION.off);
    const { secure, leave } = await shakeHands();
    secure.write(packets(PACKET.login, login7(double.user, double.password)));
    leave();
    const answer = await nextMessage();
    expect(answer.payload.toString('utf16le', 0).length).toBeGreaterThan(0);
    expect(double.logins).toMatchObject([{ succeeded: true, encrypted: 'login' }]);
    const batch = Buffer.concat([Buffer.from('04000000', 'hex'), Buffer.from("SELECT N'clear' AS c", 'utf16le')]);
    socket.write(packets(PACKET.batch, batch));
    expect((await nextMessage()).payload.includes(Buffer.from('clear', 'utf16le'))).toBe(true);
  });

  it('a client that sends nonsense is hung up on, and others are served on', async () => {
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    socket = connectTcp(double.port, '127.0.0.1');
    socket.write(packets(PACKET.prelogin, writePrelogin([1, 0, 0], ENCRYPTION.notSupported)));
    expect((await nextMessage()).type).toBe(PACKET.reply);
  });

  it('a request before the login is hung up on', async () => {
    socket.write(packets(PACKET.prelogin, writePrelogin([1, 0, 0], ENCRYPTION.notSupported)));
    await nextMessage();
    socket.write(packets(PACKET.batch, Buffer.from('04000000', 'hex')));
    await once(socket, 'close');
    expect(double.requests).toEqual([]);
  });

  it('a request with a transaction that is not open is error 3989', async () => {
    socket.write(packets(PACKET.prelogin, writePrelogin([1, 0, 0], ENCRYPTION.notSupported)));
    await nextMessage();
    socket.write(packets(PACKET.login, login7(double.user, double.password)));
    await nextMessage();
    const headers = Buffer.from('16000000120000000200ff0000000000000001000000', 'hex');
    socket.write(packets(PACKET.batch, Buffer.concat([headers, Buffer.from('SELECT 1', 'utf16le')])));
    const { payload } = await nextMessage();
    expect([payload.readUInt8(0), payload.readInt32LE(3)]).toEqual([0xaa, 3989]);
  });
});
