import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from '../testing/api-world.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
let api: Api;
beforeAll(async () => {
  api = stack.use(await startApi());
});

/** What the server says to these bytes until it ends the connection. */
const answerTo = async (bytes: string) => {
  const socket = connect(Number(new URL(api.origin).port), '127.0.0.1');
  socket.end(bytes);
  const [head = '', body = ''] = (await socket.setEncoding('utf8').toArray()).join('').split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.toLowerCase().split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2)));
  return { status: Number(first.split(' ')[1]), headers, text: body, json: JSON.parse(body) };
};

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}connection: close\r\n\r\n`;
const chunked = 'host: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n';
const post = (headers: string, body: string) =>
  `POST /api/v1/UserPoolService/GetUserPool HTTP/1.1\r\n${headers}\r\n${body}`;

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'content-security-policy': expect.stringContaining("default-src 'none'"),
};

describe('a path that cannot be decoded', () => {
  it.each(['/api/v1/%zz', '/api/v1/UserPoolService/%c3'])(
    'is refused among the calls as a call is: %s',
    async (path) => {
      const { status, headers, json, text } = await answerTo(get(path, 'x-request-id: my-request-1\r\n'));
      expect([status, json]).toEqual([
        400,
        {
          error: {
            reason: 'INVALID_ARGUMENT',
            message: expect.stringContaining('path'),
            metadata: {},
            requestId: 'my-request-1',
          },
        },
      ]);
      expect(headers).toMatchObject({ ...HEADERS, 'cache-control': 'no-store', 'x-request-id': 'my-request-1' });
      expect(text).not.toMatch(/%zz|%c3/);
    },
  );

  it.each(['/api/pools/%zz', '/console/%zz', '/%ff', 'http://[::::'])(
    'is refused elsewhere as other paths there are: %s',
    async (path) => {
      const { status, headers, json } = await answerTo(get(path));
      expect([status, json]).toEqual([400, { statusCode: 400, message: expect.stringContaining('path'), data: null }]);
      expect(headers).toMatchObject(HEADERS);
    },
  );
});

it.each([
  ['no HTTP', 'hunter2\r\n\r\n', 400, 'INVALID_ARGUMENT'],
  ['a method that nobody knows', 'HUNTER2 / HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'INVALID_ARGUMENT'],
  ['a body of two lengths', post(`${chunked}content-length: 5\r\n`, '0\r\n\r\n'), 400, 'INVALID_ARGUMENT'],
  ['a broken chunk', post(chunked, 'hunter2\r\n\r\n'), 400, 'INVALID_ARGUMENT'],
  ['headers without end', get('/', `x: hunter2${'x'.repeat(20_000)}\r\n`), 431, 'HEADERS_TOO_LARGE'],
])('%s is refused as a call is, repeats nothing and ends its connection', async (_, bytes, expected, reason) => {
  const { status, headers, json, text } = await answerTo(bytes);
  expect([status, json]).toEqual([
    expected,
    { error: { reason, message: expect.any(String), metadata: {}, requestId: headers['x-request-id'] } },
  ]);
  expect(headers).toMatchObject({ ...HEADERS, connection: 'close', 'content-length': String(text.length) });
  expect(text.toLowerCase()).not.toContain('hunter2');
});
