/** What tells whether a connection of requests may be kept, against bytes cut anywhere and bytes that are no HTTP. */
import { describe, expect, it } from 'vitest';
import type { Follower } from './follower.ts';
import { createHttpFollower } from './http-follower.ts';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc';
const CHUNKED = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
const HEAD = 'HTTP/1.1 200 OK\r\n';
const SIZED = `${HEAD}Content-Length: 5\r\n\r\nhello`;
const CHUNKS = `${HEAD}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n`;
const HINTED = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';

const inPieces = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
};
function after(asked: string, said: string, size = 1e6): Follower {
  const follower = createHttpFollower();
  for (const piece of inPieces(asked, size)) follower.onWrite(piece);
  for (const piece of inPieces(said, size)) follower.onData(piece);
  return follower;
}

describe('a connection of requests', () => {
  it.each(
    [GET, POST, CHUNKED].flatMap((asked) =>
      [SIZED, CHUNKS, HINTED + SIZED].flatMap((said) => [1, 2, 3, 7, 1e6].map((size) => [asked, said, size] as const)),
    ),
  )('may be kept once all was answered, however it is cut: %j, %j, %i bytes', (asked, said, size) => {
    const follower = createHttpFollower();
    expect(follower.isInOrder?.()).toBe(false);
    for (const piece of inPieces(asked, size)) follower.onWrite(piece);
    for (const piece of inPieces(said, size)) {
      expect(follower.isInOrder?.()).toBe(false);
      follower.onData(piece);
    }
    expect(follower.isInOrder?.()).toBe(true);
    follower.replay();
    expect(follower.isInOrder?.()).toBe(true);
    follower.onWrite(Buffer.from(GET));
    expect(follower.isInOrder?.()).toBe(false);
  });

  it.each([
    ['without a body by its status', GET, 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      'not modified, with the length of what was not sent',
      GET,
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
    ],
    ['to HEAD', GET.replace('GET', 'HEAD'), `${HEAD}Content-Length: 9\r\n\r\n`],
    ['empty', GET, `${HEAD}Content-Length: 0\r\n\r\n`],
  ])('may be kept after an answer %s', (_what, asked, said) => {
    expect(after(asked, said).isInOrder?.()).toBe(true);
  });

  it.each([
    ['two requests at once', GET + GET, SIZED + SIZED],
    ['two requests and one answer', GET + GET, SIZED],
    ['a request that is no HTTP/1.1', GET.replace('1.1', '1.0'), SIZED],
    ['a method for tunnels', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', `${HEAD}\r\n`],
    ['a request that wants the connection closed', GET.replace('keep-alive', 'Close'), SIZED],
    ['a request for another protocol', GET.replace('keep-alive', 'Upgrade\r\nUpgrade: h2c'), SIZED],
    ['a request of two lengths', POST.replace('\r\n\r\n', '\r\nContent-Length: 4\r\n\r\n'), SIZED],
    ['a request with a length and chunks', CHUNKED.replace('\r\n\r\n', '\r\nContent-Length: 4\r\n\r\n'), SIZED],
    [
      'a request with a login of the connection',
      GET.replace('\r\n\r\n', '\r\nAuthorization: Negotiate YII=\r\n\r\n'),
      SIZED,
    ],
    ['a request whose chunks go on elsewhere', CHUNKED.replace('abc\r\n', 'abcdef'), SIZED],
    ['half a request', GET.slice(0, -2), SIZED],
    ['an answer that nobody asked for', '', SIZED],
    ['two answers', GET, SIZED + SIZED],
    ['an answer and more', GET, `${SIZED}\r\n`],
    ['an answer that lasts until the end', GET, `${HEAD}\r\nhello`],
    ['an answer that closes', GET, SIZED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')],
    ['an answer of an older version', GET, SIZED.replace('1.1', '1.0')],
    ['a change of the protocol', GET, 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['an answer with an unknown coding', GET, CHUNKS.replace('chunked', 'gzip')],
    ['an answer with two codings', GET, CHUNKS.replace('chunked', 'gzip, chunked')],
    ['a length that is none', GET, SIZED.replace('5', '+5')],
    ['a size of a chunk that is none', GET, CHUNKS.replace('5;', '0x5;')],
    ['a chunk that does not end', GET, CHUNKS.replace('hello\r\n', 'hello!!')],
    ['a head that never ends', GET, `${HEAD}X: ${'x'.repeat(40_000)}`],
    ['a line without a name', GET, `${HEAD}: x\r\nContent-Length: 0\r\n\r\n`],
    ['a space before the colon', GET, `${HEAD}Content-Length : 0\r\n\r\n`],
    [
      'a login of the connection',
      GET,
      SIZED.replace('\r\n\r\n', '\r\nWWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: NTLM\r\n\r\n'),
    ],
    ['an idle time that is over at once', GET, SIZED.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n')],
  ])('is not kept after %s', (_what, asked, said) => {
    for (const size of [1, 5, 1e6]) {
      const follower = after(asked, said, size);
      expect(follower.isInOrder?.()).toBe(false);
      // And a fine exchange does not mend it.
      for (const bytes of [GET, SIZED]) follower.onWrite(Buffer.from(bytes));
    }
  });

  it.each([
    ['a server that says how long', 'Keep-Alive: timeout=3, max=9', 1500, 2000],
    ['a server that says longer than anything is kept', 'Keep-Alive: timeout=600', 29_000, 30_000],
    ['a server that does not say', 'X: y', 3500, 4000],
  ])('is kept as long as it should be: %s', (_what, field, least, most) => {
    const follower = after(GET, SIZED.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`));
    expect(follower.idleMs?.()).toBeGreaterThan(least);
    expect(follower.idleMs?.()).toBeLessThanOrEqual(most);
  });
});
