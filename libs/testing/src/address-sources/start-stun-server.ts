import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';

/**
 * What a STUN server says to a Binding request: an address (`undefined` for the one that it sees), nothing, a refusal,
 * bytes of the test's own, or an answer to somebody else's request.
 */
export type StunReply =
  | { readonly address?: string | undefined; readonly fingerprint?: boolean }
  | { readonly bytes: (request: Buffer) => readonly Buffer[] }
  | 'silent'
  | 'refusal'
  | 'to-another';

export type StunServer = AsyncDisposable & {
  /** `host:port` */
  readonly address: string;
  readonly port: number;
  readonly requests: readonly Buffer[];
  /** How it replies from now on. */
  reply: StunReply;
};

const COOKIE = Buffer.from('2112a442', 'hex');

/** A STUN server (RFC 8489) on loopback, of either family, that tells the truth or does not, as the test wants. */
export const startStunServer = async (reply: StunReply = {}, family: 4 | 6 = 4): Promise<StunServer> => {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  const host = family === 4 ? '127.0.0.1' : '::1';
  socket.bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  const requests: Buffer[] = [];
  const server: StunServer = {
    address: family === 4 ? `${host}:${port}` : `[${host}]:${port}`,
    port,
    requests,
    reply,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (request, from) => {
    requests.push(request);
    answer(socket, request, from, server.reply);
  });
  return server;
};

const answer = (socket: Socket, request: Buffer, from: RemoteInfo, reply: StunReply): void => {
  for (const message of messagesOf(request, from, reply)) socket.send(message, from.port, from.address);
};

const messagesOf = (request: Buffer, from: RemoteInfo, reply: StunReply): readonly Buffer[] => {
  const transactionId = request.subarray(8, 20);
  if (reply === 'silent') return [];
  if (reply === 'refusal') return [stunMessage(0x0111, transactionId, [])];
  if (reply === 'to-another') return [stunSuccess(Buffer.alloc(12, 7), '198.51.100.66', from.port)];
  if ('bytes' in reply) return reply.bytes(request);
  return [stunSuccess(transactionId, reply.address ?? from.address, from.port, reply.fingerprint)];
};

/** A Binding success with the address in XOR-MAPPED-ADDRESS. */
export const stunSuccess = (transactionId: Buffer, address: string, port: number, fingerprint = false): Buffer => {
  const mask = Buffer.concat([COOKIE, transactionId]);
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ 0x2112, 2);
  value.set(
    bytes.map((byte, n) => byte ^ (mask[n] ?? 0)),
    4,
  );
  return stunMessage(0x0101, transactionId, [[0x0020, value]], fingerprint);
};

type Attribute = readonly [type: number, value: Buffer];

/** A whole message; attributes are padded to four bytes. */
export const stunMessage = (
  type: number,
  transactionId: Buffer,
  attributes: readonly Attribute[],
  fingerprint = false,
): Buffer => {
  const body = Buffer.concat(attributes.map(([kind, value]) => attributeBytes(kind, value)));
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length + (fingerprint ? 8 : 0), 2);
  COOKIE.copy(header, 4);
  const message = Buffer.concat([header, transactionId, body]);
  if (!fingerprint) return message;
  const check = Buffer.alloc(4);
  check.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0);
  return Buffer.concat([message, attributeBytes(0x8028, check)]);
};

const attributeBytes = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
};

const ipv6Bytes = (address: string): Buffer => {
  const [left = '', right] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(left), groups(right ?? '')];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return Buffer.from([...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join(''), 'hex');
};
