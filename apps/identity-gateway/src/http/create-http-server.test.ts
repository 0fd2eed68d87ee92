import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { Certificates } from '@userferry/grpc';
import { createAuthority } from '@userferry/local-databases';
import { createLogger } from '@userferry/process';
import { afterAll, expect, it } from 'vitest';
import { createHttpServer } from './create-http-server.ts';
import { createLastKnownIps } from './last-known-ips.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
const log = createLogger({ service: 'test', level: 'silent' });
const publicIps = {
  list: async () => ({ ips: [], regions: [], updatedAt: new Date(0) }),
};

it('is alive at once, ready when it is told so, and going for good: answers close their connections then', async () => {
  const lastKnownIps = createLastKnownIps({ publicIps, staleMsMax: 0, log });
  const server = stack.use(await createHttpServer({ host: '127.0.0.1', port: 0, lastKnownIps, log }));
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    await answer.arrayBuffer();
    return [answer.status, answer.headers.get('connection')];
  };
  expect([await get('/healthz'), await get('/readyz')]).toEqual([
    [200, 'keep-alive'],
    [503, 'keep-alive'],
  ]);
  server.setReady(true);
  expect(await get('/readyz')).toEqual([200, 'keep-alive']);
  server.announceStop();
  server.setReady(true);
  expect([await get('/healthz'), await get('/readyz'), await get('/api/system/public-ips')]).toEqual([
    [200, 'close'],
    [503, 'close'],
    [200, 'close'],
  ]);
});

it('refuses a body that nobody can read as its sender’s mistake, where nobody takes one, too', async () => {
  const lastKnownIps = createLastKnownIps({ publicIps, staleMsMax: 0, log });
  const server = stack.use(await createHttpServer({ host: '127.0.0.1', port: 0, lastKnownIps, log }));
  const post = async (type: string, body: string) => {
    const headers = { 'content-type': type };
    const answer = await fetch(`http://127.0.0.1:${server.port}/nowhere`, { method: 'POST', headers, body });
    return [answer.status, ((await answer.json()) as { statusCode: number }).statusCode];
  };
  expect(await post('application/json', '{"a":')).toEqual([400, 400]);
  expect(await post('text/rubbish', 'x')).toEqual([404, 404]);
  expect(await post('application/json', JSON.stringify('x'.repeat(2 * 1024 * 1024)))).toEqual([413, 413]);
  expect(await post('application/json', '{}')).toEqual([404, 404]);
});

it('over TLS, browsers are told to come by TLS alone', async () => {
  const { caCertificate: ca, issue } = createAuthority();
  const { certificate, privateKey } = issue(['127.0.0.1']);
  const identity = { certificate, privateKey };
  const certificates = { current: () => ({ identity }), onTake: () => undefined } as unknown as Certificates;
  const lastKnownIps = createLastKnownIps({ publicIps, staleMsMax: 0, log });
  const server = stack.use(await createHttpServer({ host: '127.0.0.1', port: 0, certificates, lastKnownIps, log }));
  const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path: '/healthz', ca }, (answer) => {
      resolve(answer.resume().headers);
    });
    asked.on('error', reject).end();
  });
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
});
