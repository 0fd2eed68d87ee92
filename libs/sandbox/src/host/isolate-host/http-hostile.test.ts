/** `http` and servers that do not keep to the rules, side by side with plain Node. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type RawAnswer, startRawServer, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const FINE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Writes the same again and again until the other side has had enough. */
function pump(socket: Parameters<RawAnswer>[0], text: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

const later = (call: () => void): unknown => setTimeout(call, 150);

/** What the server does after the head of a request, by its path. */
const ANSWERS: Readonly<Record<string, RawAnswer>> = {
  '/endless-headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    pump(socket, 'X-More: and more\r\n');
  },
  '/endless-header': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX: ');
    pump(socket, 'x'.repeat(1000));
  },
  '/endless-status': (socket) => {
    socket.write('HTTP/1.1 200 ');
    pump(socket, 'x'.repeat(1000));
  },
  '/endless-extension': (socket) => {
    socket.write(`${CHUNKED}5;`);
    pump(socket, 'x'.repeat(1000));
  },
  '/endless-trailers': (socket) => {
    socket.write(`${CHUNKED}0\r\n`);
    pump(socket, 'X-More: and more\r\n');
  },
  '/cut-before': (socket) => socket.end(),
  '/cut-in-head': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-');
    later(() => socket.end());
  },
  '/cut-in-body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello');
    later(() => socket.end());
  },
  '/reset-in-body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello');
    later(() => socket.resetAndDestroy());
  },
  '/cut-in-chunk': (socket) => {
    socket.write(`${CHUNKED}50\r\nhello`);
    later(() => socket.end());
  },
  '/until-the-end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\nhello');
    later(() => socket.end(' world'));
  },
  '/old': (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold'),
  '/old-and-kept': (socket) =>
    socket.write('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold'),
  '/two-answers': (socket) => socket.write(FINE + FINE),
  '/answer-and-junk': (socket) => socket.write(`${FINE}junk`),
  '/closing-and-junk': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nokjunk'),
  '/junk-when-idle': (socket) => {
    socket.write(FINE);
    later(() => socket.write('junk'));
  },
  '/answer-when-idle': (socket) => {
    socket.write(FINE);
    later(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'));
  },
  '/end-when-idle': (socket) => {
    socket.write(FINE);
    later(() => socket.end());
  },
  '/body-after-none': (socket) => socket.write('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'),
  '/byte-by-byte': async (socket) => {
    for (const character of `${CHUNKED}5\r\nhello\r\n0\r\nX-T: v\r\n\r\n`) {
      socket.write(character);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  '/silent': () => undefined,
  '/silent-in-body': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello'),
  '/other-protocol': (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'),
  '/switch-unasked': (socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhi'),
  '/upload-refused': (socket) =>
    socket.end('HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig'),
};

let host: TestHost;
let servers: Record<'PORT' | 'EARLY_PORT', TestServer>;
const env = () => ({ PORT: servers.PORT.port, EARLY_PORT: servers.EARLY_PORT.port });
const { expectSame } = createSideBySide(() => host, env);

beforeAll(async () => {
  host = await startHost();
  const answer: RawAnswer = (socket, head) => ANSWERS[head.split(' ')[1] as string]?.(socket, head);
  servers = { PORT: await startRawServer(answer), EARLY_PORT: await startRawServer(() => undefined, FINE) };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await host.stop();
});

const PRELUDE = `const http = require('http'); const stream = require('stream'); const base = 'http://127.0.0.1:' + env.PORT;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const REQUEST = ['finish', 'response', 'information', 'upgrade', 'timeout', 'abort', 'error', 'close'];
const told = (arg) => arg instanceof Error ? { ...showError(arg), rawPacket: arg.rawPacket && typeof arg.rawPacket, bytesParsed: typeof arg.bytesParsed } : typeof arg;
// Data events depend on how the network cuts the bytes.
const follow = (req) => { const seen = []; for (const name of REQUEST) req.on(name, (arg) => name === 'information' && seen.at(-1)?.[0] === name || seen.push([name, told(arg)]));
  req.on('response', (res) => { let all = ''; res.on('data', (part) => { all += part.toString('latin1') }); for (const name of ['end', 'aborted', 'error', 'close']) res.on(name, (arg) => seen.push(['response ' + name, told(arg), all, res.complete])) }); return seen };
const closed = (req) => new Promise((done) => req.once('close', done));
`;
const same = (body: string, options = {}) => expectSame(`${PRELUDE} ${body}`, options);

describe('a server that', () => {
  const paths = Object.keys(ANSWERS).filter((path) => !path.startsWith('/silent') && !path.startsWith('/upload'));
  it.each(paths)('answers as %s', (path) =>
    same(`const agent = new http.Agent({ keepAlive: true }); const req = http.get(base + '${path}', { agent }); const seen = follow(req); await closed(req); await pause(350);
      const left = [Object.values(agent.freeSockets).flat().length, Object.values(agent.sockets).flat().length, agent.totalSocketCount]; agent.destroy(); return [seen, left, req.res && [req.res.statusCode, req.res.complete, req.res.aborted, req.res.rawHeaders.length < 10 && req.res.rawTrailers]]`),
  );

  it('answers before it is asked', () =>
    same(
      `const req = http.request({ host: '127.0.0.1', port: env.EARLY_PORT, agent: new http.Agent() }); const seen = follow(req); const end = closed(req); await pause(60); req.end('x'); await end; return seen.filter(([name]) => name !== 'finish')`,
    ));

  it('says nothing, or no more, meets a timeout', () =>
    same(`const seen = []; for (const path of ['/silent', '/silent-in-body']) { const req = http.get(base + path, { agent: false, timeout: 80 }); seen.push(follow(req)); req.on('timeout', () => req.destroy()); await closed(req); await pause(20) }
      for (const reason of [undefined, new Error('mine')]) { const req = http.get(base + '/silent', { agent: false }); seen.push(follow(req)); req.setTimeout(60, () => req.destroy(reason)); await closed(req) } return seen`));

  it('refuses an upload in the middle', () =>
    same(
      `const req = http.request(base + '/upload-refused', { method: 'POST', agent: false, headers: { 'Content-Length': 5e6 } }); const got = []; req.on('error', () => got.push('error')); const response = new Promise((done) => req.on('response', (res) => { res.resume(); res.on('end', () => done(res.statusCode)) })); req.write(Buffer.alloc(1000)); return response`,
    ));

  it('sends more headers than are wanted', () =>
    same(`const many = 'X-N: 1\\r\\n'.repeat(1200) + '\\r\\n'; const make = (bytes) => new stream.Duplex({ read() {}, write(chunk, encoding, done) { done(); if (bytes) { this.push(bytes); bytes = null } } });
      const ask = (options) => new Promise((done) => { const req = http.get({ ...options, createConnection: () => make(Buffer.from('HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n' + many)) }, (res) => done([res.rawHeaders.length, res.headersDistinct['x-n']?.length])); req.on('error', (e) => done([e.code, e.message])); if (options.count !== undefined) req.maxHeadersCount = options.count });
      return [await ask({}), await ask({ count: 2 }), await ask({ count: 0 }), await ask({ maxHeaderSize: 100 }), await ask({ maxHeaderSize: 1e6 })]`));
});

const START = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 404',
  'HTTP/1.1 200 ',
  'HTTP/1.0 200 OK',
  'HTTP/0.9 200 OK',
  'HTTP/2.0 200 OK',
];
const BAD_STARTS = [
  'http/1.1 200 OK',
  'HTTP/3.0 200 OK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 2000 OK',
  'HTP',
  'HTTP/x',
  'HTTP/1x',
  'HTTP/1.x',
  'HTTP/1.1x',
  'RTSP/1.0 200 OK',
  'ICE/1.1 200 OK',
];
const HEADERS = [
  'X:',
  'X:  y  ',
  'X: h\xe9',
  'X: a\x01',
  'X: a\x7f',
  'X y: z',
  'X : z',
  'Content-Length : 1',
  ':z',
  'X',
  ' X: y',
  '\tX: y',
  'X: a\r\n b',
  'X:\r\n b',
  'X: a\nY: b',
  'X: a\rY: b',
  'X\xe9: a',
  'X: \0',
];
const LENGTHS = [
  'Content-Length: 5',
  'Content-Length:  5 ',
  'Content-Length:',
  'Content-Length: 5x',
  'Content-Length: -1',
  'Content-Length: 5 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 5',
  'Transfer-Encoding:',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding: chunked, gzip',
  'Connection: close\r\nContent-Length: 5',
];
const CHUNKS = [
  '5\r\nhello\r\n0\r\n\r\n',
  '5;a=b;c="d\\"e"\r\nhello\r\n0\r\nX: y\r\n\r\n',
  '5 \r\nhello\r\n',
  '5\nhello\r\n',
  '5\r\nhello\n',
  '5\r\nhelloX',
  '5\r\nhello\rX',
  'g',
  '-1',
  '0x5',
  'ffffffffffffffffff',
  '5; a\r\n',
  '5;\r\n',
  '5;a b',
  '5;a=b c',
  '5;a="x"y',
  '5;a="\x01"',
  '5;a="\\\x01"',
  '5;a\n',
  '5;a=b\n',
  '5;a="x"\n',
  '0\r\nContent-Length: 3\r\n\r\n',
  '0\r\nbad header\r\n\r\n',
  '0\r\n X: y\r\n\r\n',
  '0\r\n\n',
  '5\r\rhello',
];

describe('bytes', () => {
  const answers = [
    ...[...START, ...BAD_STARTS].map((line) => `${line}\r\nContent-Length: 5\r\n\r\nhello`),
    ...[
      'HTTP/1.1 200 OK\n\n',
      'HTTP/1.1 200 OK\rX',
      'HTTP/1.1 200\n',
      '\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\n',
      'HTTP/1.1 200 OK\r\n\rX',
    ],
    ...HEADERS.map((line) => `HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 5\r\n\r\nhello`),
    ...LENGTHS.map((lines) => `HTTP/1.1 200 OK\r\n${lines}\r\n\r\nhello`),
    ...CHUNKS.map((body) => CHUNKED + body),
  ];
  it.each([
    ['at once', answers.length],
    ['one by one', 1],
  ])('that break the rules are told as Node tells them, when they come %s', (_how, size) =>
    same(
      `const ask = (text) => new Promise((done) => { const whole = Buffer.from(text, 'latin1'); let sent = false;
        const connection = new stream.Duplex({ read() {}, write(chunk, encoding, next) { next(); if (sent) return; sent = true; for (let at = 0; at < whole.length; at += args[1]) this.push(whole.subarray(at, at + args[1])); this.push(null) } });
        const req = http.get({ createConnection: () => connection }); let found = []; req.on('error', (e) => found.push(['error', e.code, e.message, e.reason, e.bytesParsed, e.rawPacket?.length]));
        req.on('response', (res) => { let body = ''; found.push([res.statusCode, res.statusMessage, res.httpVersion, res.rawHeaders]); res.on('data', (part) => { body += part.toString('latin1') }); res.on('error', (e) => found.push(['response error', e.code, e.message])); res.on('close', () => found.push(body, res.complete, res.rawTrailers)) });
        req.on('close', () => setTimeout(() => done(found), 1)) });
      const seen = []; for (const text of args[0]) seen.push([text, await ask(text)]); return seen`,
      { args: [answers, size === 1 ? 1 : 1e6] },
    ),
  );
});
