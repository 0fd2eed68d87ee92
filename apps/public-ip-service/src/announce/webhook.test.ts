import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@userferry/process';
import { afterEach, expect, it } from 'vitest';
import type { TableState } from '../table/table-state.ts';
import { createWebhook } from './webhook.ts';

const SECRET = 'a-webhook-secret-of-forty-characters-or-so';
const log = createLogger({ service: 'test', level: 'silent' });
const stacks: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

type Post = { readonly body: string; readonly signature: string };

/** A listener that answers with the statuses given, one after the other, then with 204. */
const listen = async (statuses: number[] = [], told: string[] = [], attemptsMax = 12) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const posts: Post[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    posts.push({ body, signature: String(request.headers['userferry-webhook-signature']) });
    const code = statuses.shift() ?? 204;
    response.writeHead(code, code === 302 ? { location: '/elsewhere' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const webhook = stack.use(
    createWebhook({ url, secret: SECRET, log, told, retryMs: { min: 10, max: 50 }, attemptsMax }),
  );
  const messages = () => posts.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { webhook, posts, messages };
};

const UPDATED_AT_MS = Date.UTC(2026, 0, 1);

const stateOf = (...addresses: string[]): TableState => ({
  leases: new Map(),
  updatedAtMs: UPDATED_AT_MS,
  entries: new Map(
    addresses.map((address) => [
      address,
      { address, state: 'observed', regions: ['eu'], sinceMs: 0, runners: 1, unpinned: address.endsWith('.9') },
    ]),
  ),
});

it('posts the change and the whole list, signed', async () => {
  const { webhook, posts, messages } = await listen([], ['192.0.2.1']);
  webhook.tell(stateOf('192.0.2.2', '192.0.2.9'));
  await expect.poll(() => posts.length).toBe(1);
  expect(messages()).toEqual([
    {
      event: 'public_ips.changed',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ips: ['192.0.2.2', '192.0.2.9'],
      added: ['192.0.2.2', '192.0.2.9'],
      removed: ['192.0.2.1'],
      unpinned: ['192.0.2.9'],
      updatedAt: '2026-01-01T00:00:00.000Z',
    },
  ]);
  const [post] = posts as [Post];
  const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(post.signature) ?? [];
  expect(mac).toBe(createHmac('sha256', SECRET).update(`${time}.${post.body}`).digest('hex'));
});

it.each([500, 404, 302])('posts again after %s until it is taken', async (code) => {
  const { webhook, posts, messages } = await listen([code, code, code]);
  webhook.tell(stateOf('192.0.2.1'));
  await expect.poll(() => posts.length).toBe(4);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(new Set(messages().map(({ id }) => id)).size).toBe(1);
  expect(posts).toHaveLength(4);
});

it('gives a list that comes back another id, so that it is no repeat for who drops those', async () => {
  const { webhook, messages } = await listen([], ['192.0.2.1']);
  const lists = [['192.0.2.1', '192.0.2.2'], ['192.0.2.1'], ['192.0.2.1', '192.0.2.2'], ['192.0.2.1']];
  for (const [n, list] of lists.entries()) {
    webhook.tell({ ...stateOf(...list), updatedAtMs: UPDATED_AT_MS + n });
    await expect.poll(() => messages().length).toBe(n + 1);
  }
  expect(new Set(messages().map(({ id }) => id)).size).toBe(lists.length);
});

it('gives the same change the same id after a restart', async () => {
  const state = stateOf('192.0.2.2');
  const before = await listen([], ['192.0.2.1']);
  const after = await listen([], ['192.0.2.1']);
  for (const { webhook, messages } of [before, after]) {
    webhook.tell(state);
    await expect.poll(() => messages().length).toBe(1);
  }
  expect(after.messages()).toEqual(before.messages());
});

it('makes one delivery of all that changed while the listener was down', async () => {
  const { webhook, messages } = await listen(Array(5).fill(503));
  for (let n = 1; n <= 50; n += 1) webhook.tell(stateOf(`192.0.2.${n}`));
  await expect.poll(() => messages().length).toBe(6);
  expect(messages().at(-1)).toMatchObject({ ips: ['192.0.2.50'], added: ['192.0.2.50'], removed: [] });
});

it('says nothing when the list is what was told already', async () => {
  const { webhook, posts } = await listen([], ['192.0.2.1']);
  webhook.tell(stateOf('192.0.2.1'));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(posts).toEqual([]);
});

it('gives up after the last attempt; the next change tells what was missed', async () => {
  const { webhook, messages } = await listen([500, 500, 500], ['192.0.2.1'], 3);
  webhook.tell(stateOf('192.0.2.2'));
  await expect.poll(() => messages().length).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(messages()).toHaveLength(3);
  webhook.tell(stateOf('192.0.2.3'));
  await expect.poll(() => messages().length).toBe(4);
  expect(messages().at(-1)).toMatchObject({ added: ['192.0.2.3'], removed: ['192.0.2.1'] });
});

it('of a listener that is not there ends with the service', async () => {
  const webhook = createWebhook({
    url: 'http://127.0.0.1:1/',
    secret: SECRET,
    log,
    told: [],
    retryMs: { min: 10, max: 10 },
  });
  webhook.tell(stateOf('192.0.2.1'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  webhook[Symbol.dispose]();
});
