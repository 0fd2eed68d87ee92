/** A name server on loopback that answers from a fixed zone, for plain Node and for the test supervisor alike. */
import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';

const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  TLSA: 52,
  CAA: 257,
};
const ANY = 255;
const HEADER_BYTES = 12;
const [QUESTION_AND_ANSWER, NAME_ERROR] = [0x8180, 0x8183];

const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const name = (value: string): Buffer =>
  Buffer.concat([...value.split('.').map((label) => text(label)), Buffer.from([0])]);
const short = (...values: number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const long = (...values: number[]): Buffer => Buffer.concat(values.map((value) => short(value >> 16, value & 0xffff)));

type Record = readonly [type: keyof typeof TYPES, data: Buffer];

const RECORDS: readonly Record[] = [
  ['A', Buffer.from([192, 0, 2, 1])],
  ['AAAA', Buffer.from('20010db8000000000000000000000001', 'hex')],
  ['NS', name('ns.zone.test')],
  ['MX', Buffer.concat([short(10), name('mail.zone.test')])],
  ['TXT', Buffer.concat([text('v=spf1'), text('-all')])],
  ['SRV', Buffer.concat([short(1, 2, 5432), name('db.zone.test')])],
  ['SOA', Buffer.concat([name('ns.zone.test'), name('admin.zone.test'), long(7, 3600, 600, 86400, 60)])],
  ['NAPTR', Buffer.concat([short(30, 100), text('s'), text('SIP+D2U'), text(''), name('_sip._udp.zone.test')])],
  ['CAA', Buffer.concat([Buffer.from([0]), text('issue'), Buffer.from('letsencrypt.org')])],
  ['TLSA', Buffer.from('030101abcdef', 'hex')],
];

/** Names whose questions never get an answer. */
const SILENT = 'silent.test';

function questionOf(message: Buffer): { readonly host: string; readonly type: number; readonly bytes: Buffer } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let size = message[at] ?? 0; size > 0; size = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { host: labels.join('.'), type: message.readUInt16BE(at + 1), bytes: message.subarray(HEADER_BYTES, at + 5) };
}

function answerTo(message: Buffer): Buffer | undefined {
  const { host, type, bytes } = questionOf(message);
  if (host === SILENT) return undefined;
  const isKnown = host === 'zone.test';
  const found = isKnown ? RECORDS.filter(([own]) => type === ANY || TYPES[own] === type) : [];
  const answers = found.map(([own, data]) =>
    Buffer.concat([short(0xc00c, TYPES[own], 1), long(300), short(data.length), data]),
  );
  const flags = isKnown ? QUESTION_AND_ANSWER : NAME_ERROR;
  const head = Buffer.concat([message.subarray(0, 2), short(flags, 1, answers.length, 0, 0)]);
  return Buffer.concat([head, bytes, ...answers]);
}

export type NameServer = { readonly address: string; stop(): Promise<void> };

/** Starts it and makes this process ask it until it is stopped. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const answer = answerTo(message);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const before = dns.getServers();
  const address = `127.0.0.1:${socket.address().port}`;
  dns.setServers([address]);
  return {
    address,
    async stop() {
      dns.setServers(before);
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
