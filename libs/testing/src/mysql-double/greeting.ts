/** The first words of both sides: the server's greeting and the client's answer to it. */
import { uint8, uint16, uint32, zeroText } from './packets.ts';

export const NONCE_BYTES = 20;

const CONNECT_WITH_DB = 0x8;
const SSL = 0x800;
const SECURE_CONNECTION = 0x8000;
const PLUGIN_AUTH = 0x80000;
const PLUGIN_AUTH_LENENC = 0x200000;
/** Long passwords, found rows, long flags, protocol 4.1, transactions, several results. */
const ALWAYS = 0x1 | 0x2 | 0x4 | 0x200 | 0x2000 | 0x20000;
const UTF8MB4 = 45;
const AUTOCOMMIT = 2;

/** A TLS request is an answer that stops before its user. */
const TLS_REQUEST_BYTES = 32;

export type Greeting = {
  readonly connectionId: number;
  readonly nonce: Buffer;
  readonly plugin: string;
  readonly tls: boolean;
};

export const greetingBody = ({ connectionId, nonce, plugin, tls }: Greeting): Buffer => {
  const capabilities =
    ALWAYS | CONNECT_WITH_DB | SECURE_CONNECTION | PLUGIN_AUTH | PLUGIN_AUTH_LENENC | (tls ? SSL : 0);
  return Buffer.concat([
    uint8(10),
    zeroText('8.4.0-double'),
    uint32(connectionId),
    nonce.subarray(0, 8),
    uint8(0),
    uint16(capabilities & 0xffff),
    uint8(UTF8MB4),
    uint16(AUTOCOMMIT),
    uint16(capabilities >>> 16),
    uint8(NONCE_BYTES + 1),
    Buffer.alloc(10),
    nonce.subarray(8),
    uint8(0),
    zeroText(plugin),
  ]);
};

export type ClientAnswer = {
  readonly user: string;
  readonly proof: Buffer;
  readonly database: string;
  readonly plugin: string;
};

export const isTlsRequest = (body: Buffer): boolean => body.length === TLS_REQUEST_BYTES;

/** Reads the client's answer; throws a RangeError where it is cut off. */
export const readClientAnswer = (body: Buffer): ClientAnswer => {
  const capabilities = body.readUInt32LE(0);
  let at = TLS_REQUEST_BYTES;
  const text = (): string => {
    const end = body.indexOf(0, at);
    const value = body.toString('utf8', at, end < 0 ? body.length : end);
    at = end < 0 ? body.length : end + 1;
    return value;
  };
  const user = text();
  const length = body.readUInt8(at);
  const proof = body.subarray(at + 1, at + 1 + length);
  at += 1 + length;
  return {
    user,
    proof,
    database: capabilities & CONNECT_WITH_DB ? text() : '',
    plugin: capabilities & PLUGIN_AUTH ? text() : '',
  };
};
