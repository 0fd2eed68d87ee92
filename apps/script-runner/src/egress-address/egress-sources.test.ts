import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { startEchoServer, startMetadataService, startStunServer, stunSuccess } from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { egressSources } from './egress-sources.ts';
import { CLOUDS, type Cloud } from './sources/ask-metadata.ts';
import { askStun } from './sources/ask-stun.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const soon = (ms = 5_000) => AbortSignal.timeout(ms);
const none = { stunServers: [], echoUrls: [], clouds: [], metadataUrl: new URL('http://127.0.0.1:1') };

describe('a STUN server', () => {
  const ask = async (...args: Parameters<typeof startStunServer>) => {
    const server = stack.use(await startStunServer(...args));
    const host = args[1] === 6 ? '::1' : '127.0.0.1';
    return { server, said: (ms?: number) => askStun({ host, port: server.port }, args[1] ?? 4, soon(ms)) };
  };

  it('says what it sees, over IPv4 and over IPv6', async () => {
    expect(await (await ask()).said()).toBe('127.0.0.1');
    expect(await (await ask({ fingerprint: true })).said()).toBe('127.0.0.1');
    expect(await (await ask({}, 6)).said()).toBe('0000:0000:0000:0000:0000:0000:0000:0001');
  });

  it('that loses a request is asked again', async () => {
    const { server, said } = await ask('silent');
    const answer = said();
    await expect.poll(() => server.requests.length).toBe(1);
    server.reply = { address: '203.0.113.5' };
    expect(await answer).toBe('203.0.113.5');
    const [first, second] = server.requests;
    expect(second).toEqual(first);
  });

  it.each(['silent', 'to-another'] as const)('that is %s fails when time is up', async (reply) => {
    const { said } = await ask(reply);
    await expect(said(300)).rejects.toThrow('says nothing');
  });

  it('that refuses fails at once', async () => {
    const { said } = await ask('refusal');
    await expect(said()).rejects.toThrow('refuses');
  });

  it('is heard through garbage', async () => {
    const bytes = (request: Buffer) => [
      Buffer.alloc(0),
      Buffer.from('not STUN at all'),
      Buffer.alloc(2_000, 0xff),
      stunSuccess(Buffer.alloc(12), '198.51.100.66', 1),
      stunSuccess(request.subarray(8, 20), '203.0.113.5', 1),
    ];
    const { said } = await ask({ bytes });
    expect(await said()).toBe('203.0.113.5');
  });

  it('is not mistaken for somebody else who sends to our port', async () => {
    const stranger = stack.use(await startStunServer());
    const { server, said } = await ask('silent');
    const answer = said(700);
    answer.catch(() => undefined);
    await expect.poll(() => server.requests.length).toBe(1);
    expect(stranger.requests).toEqual([]);
    await expect(answer).rejects.toThrow();
  });

  it('whose name is looked up for longer than there is time is asked nothing, and no socket stays open', async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWRAP').length;
    const { server } = await ask('silent');
    const before = sockets();
    const stop = new AbortController();
    const asked = Array.from({ length: 20 }, () => askStun({ host: '127.0.0.1', port: server.port }, 4, stop.signal));
    stop.abort();
    const outcomes = await Promise.allSettled(asked);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await expect.poll(sockets).toBe(before);
    expect(server.requests).toEqual([]);
  });

  it('that is not there fails long before time is up', async () => {
    // Held by a socket that hears another port alone: whoever else sends there is refused.
    const holder = createSocket('udp4');
    stack.defer(() => void holder.close());
    await once(holder.bind(0, '127.0.0.1'), 'listening');
    holder.connect(1, '127.0.0.1');
    await once(holder, 'connect');
    const { port } = holder.address();
    await expect(askStun({ host: '127.0.0.1', port }, 4, soon(30_000))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('an echo endpoint', () => {
  const ask = async (...[reply]: Parameters<typeof startEchoServer>) => {
    const { url } = stack.use(await startEchoServer(reply));
    const [source] = egressSources({ ...none, echoUrls: [new URL(url)] });
    return source?.ask(soon());
  };

  it.each(['203.0.113.5', ' 203.0.113.5\n', '{"ip":"203.0.113.5"}', '{"ip":"203.0.113.5","country":"XX"}'])(
    'may say %j',
    async (body) => expect(await ask(body)).toEqual(['203.0.113.5']),
  );

  it.each([500, 302, 404, '{"address":1}', '{"ip":5}', '{', 'endless'] as const)(
    'that says %j fails',
    async (reply) => {
      await expect(ask(reply)).rejects.toThrow();
    },
  );
});

describe('the metadata service', () => {
  const ask = async (cloud: Cloud, service: Cloud, addresses = {}) => {
    const web = stack.use(await startMetadataService(service, addresses));
    const [source] = egressSources({ ...none, clouds: [cloud], metadataUrl: new URL(web.url) });
    return source?.ask(soon());
  };

  it.each(CLOUDS)('of %s says the machine’s own addresses', async (cloud) => {
    expect(await ask(cloud, cloud, { ipv4: '203.0.113.5', ipv6: '2001:db8::5' })).toEqual([
      '203.0.113.5',
      '2001:db8::5',
    ]);
    expect(await ask(cloud, cloud, { ipv4: '203.0.113.5' })).toEqual(['203.0.113.5']);
    expect(await ask(cloud, cloud)).toEqual([]);
  });

  it.each(CLOUDS.flatMap((asked) => CLOUDS.filter((there) => there !== asked).map((there) => [asked, there] as const)))(
    'of %s is not mistaken for that of %s',
    async (asked, there) => {
      const said = await ask(asked, there, { ipv4: '203.0.113.5' }).catch(() => 'failed');
      expect(said).toBe('failed');
    },
  );

  it('is asked for a token first on AWS, by PUT', async () => {
    const web = stack.use(await startMetadataService('aws', {}));
    const [source] = egressSources({ ...none, clouds: ['aws'], metadataUrl: new URL(web.url) });
    await source?.ask(soon());
    expect(web.requests[0]).toEqual({ method: 'PUT', path: '/latest/api/token' });
  });
});
