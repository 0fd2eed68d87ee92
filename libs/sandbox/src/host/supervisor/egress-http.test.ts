/** The egress policy and everything in a script that speaks HTTP, through the built sandbox. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EgressScene, OPEN, startEgressScene } from './testing/egress-scene.ts';

let scene: EgressScene;
beforeAll(async () => {
  scene = await startEgressScene(() => ({
    'loop.test': ['127.0.0.1'],
    'loop.test.': ['127.0.0.1'],
    'both.test': ['127.0.0.1', OPEN],
    'inside.test': ['10.1.2.3'],
    'mapped.test': ['::ffff:127.0.0.1'],
    'cgnat.test': ['100.64.0.1'],
    'meta.test': ['169.254.169.254'],
    'metadata.google.internal': ['8.8.8.8'],
    'rebinding.test': [[OPEN], ['127.0.0.1']],
    'rebinding-fetch.test': [[OPEN], ['127.0.0.1']],
    'open.test': [OPEN],
  }));
});
afterAll(() => scene?.stop());

/** What a request gives: a status, or the error, its causes followed. */
const WAYS = {
  http: `return await new Promise((done, fail) => require('http').get(URL_, (res) => { res.resume(); res.on('end', () => done(res.statusCode)) }).on('error', fail))`,
  axios: `return (await require('axios').get(URL_)).status`,
  fetch: `return (await fetch(URL_)).status`,
} as const;
type Way = keyof typeof WAYS;
const WAY_NAMES = Object.keys(WAYS) as Way[];
const ask = (way: Way, url: string): string => `const URL_ = ${JSON.stringify(url)}; ${WAYS[way]}`;

/** `PORT` in the text becomes the port of the scene. */
const withPort = (text: string): string => text.replaceAll('PORT', String(scene.port));

const FORMS: readonly (readonly [host: string, rule: string])[] = [
  ['127.0.0.1', 'loopback'],
  ['localhost', 'loopback'],
  ['loop.test.', 'loopback'],
  ['LOCALHOST', 'loopback'],
  ['2130706433', 'loopback'],
  ['0x7f000001', 'loopback'],
  ['0x7f.0.0.1', 'loopback'],
  ['0177.0.0.1', 'loopback'],
  ['017700000001', 'loopback'],
  ['127.1', 'loopback'],
  ['127.0.1', 'loopback'],
  ['127.127.127.127', 'loopback'],
  ['①②⑦.⓪.⓪.①', 'loopback'],
  ['127。0。0。1', 'loopback'],
  ['ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'loopback'],
  ['0', 'unspecified'],
  ['0.0.0.0', 'unspecified'],
  ['[::]', 'unspecified'],
  ['[::1]', 'loopback'],
  ['[0:0:0:0:0:0:0:1]', 'loopback'],
  ['[::ffff:127.0.0.1]', 'loopback'],
  ['[::ffff:7f00:1]', 'loopback'],
  ['[0:0:0:0:0:ffff:7f00:1]', 'loopback'],
  ['[64:ff9b::7f00:1]', 'translated'],
  ['[64:ff9b:1::7f00:1]', 'translated'],
  ['[2002:7f00:1::]', 'translated'],
  ['[::127.0.0.1]', 'reserved'],
  ['[fe80::1]', 'link_local'],
  ['169.254.169.254', 'metadata_service'],
  ['2852039166', 'metadata_service'],
  ['0xA9FEA9FE', 'metadata_service'],
  ['0251.0376.0251.0376', 'metadata_service'],
  ['[::ffff:a9fe:a9fe]', 'metadata_service'],
  ['[64:ff9b::a9fe:a9fe]', 'metadata_service'],
  ['[fd00:ec2::254]', 'metadata_service'],
  ['100.100.100.200', 'metadata_service'],
  ['192.0.0.192', 'metadata_service'],
  ['168.63.129.16', 'metadata_service'],
  ['metadata.google.internal', 'metadata_service'],
  ['loop.test', 'loopback'],
  ['mapped.test', 'loopback'],
  ['inside.test', 'private'],
  ['cgnat.test', 'carrier_grade_nat'],
  ['meta.test', 'metadata_service'],
];

describe.each(WAY_NAMES)('%s', (way) => {
  it('reaches what is open, so that the refusals below mean something', async () => {
    const result = await scene.run(`async function work() { ${ask(way, withPort(`http://${OPEN}:PORT/`))} }`);
    expect(result).toMatchObject({ outcome: 'completed', resultJson: '200' });
  });

  // axios goes the way of http.
  it.each(way === 'axios' ? FORMS.slice(0, 1) : FORMS)('is kept from %s', async (host, rule) => {
    await scene.expectDenied(ask(way, withPort(`http://${host}:PORT/`)), `rule ${rule}`);
  });

  it.each([
    // fetch takes no URL with a user in it.
    ...(way === 'fetch' ? [] : [['a user that looks like a host', `http://${OPEN}:PORT@127.0.0.1:PORT/`]]),
    ['a backslash before the at', `http://127.0.0.1:PORT\\@${OPEN}:PORT/`],
    ['a fragment before the at', `http://127.0.0.1:PORT#@${OPEN}:PORT/`],
  ])('is kept from the loopback behind %s', async (_what, url = '') => {
    await scene.expectDenied(ask(way, withPort(url)), 'rule loopback');
  });
});

describe.each(['axios', 'fetch'] as const)('a redirect that %s follows', (way) => {
  it.each([
    ['302', 'http://127.0.0.1:PORT/', 'loopback'],
    ['307', 'http://2130706433:PORT/', 'loopback'],
    ['308', 'http://[::ffff:7f00:1]:PORT/', 'loopback'],
    ['301', '//loop.test:PORT/', 'loopback'],
    ['303', 'http://169.254.169.254/latest/meta-data/', 'metadata_service'],
    ['302', `http://${OPEN}:8081/`, 'loopback'],
    ['302', `http://${OPEN}:PORT/to?http%3A%2F%2F127.1%3APORT%2F`, 'loopback'],
  ])('with %s leads to no closed place: %s', async (status, to, rule) => {
    const url = `http://${OPEN}:PORT/to/${status}?${encodeURIComponent(withPort(to))}`;
    await scene.expectDenied(ask(way, withPort(url)), `rule ${rule}`);
    expect(scene.seen.at(-1)).toMatch(/GET \/to/);
  });

  it.each(['file:///etc/passwd', 'gopher://127.0.0.1:PORT/x', 'ftp://127.0.0.1:PORT/x'])(
    'leads to no other protocol: %s',
    async (to) => {
      const url = `http://${OPEN}:PORT/to?${encodeURIComponent(withPort(to))}`;
      const result = await scene.run(`async function work() { ${ask(way, withPort(url))} }`);
      expect(result.outcome).not.toBe('completed');
      expect(scene.intruders()).toBe(0);
    },
  );
});

describe('a name', () => {
  it('with addresses of both kinds leads to those that are open', async () => {
    const twice = `const urls = [1, 2].map(() => fetch('http://both.test:${scene.port}/')); return (await Promise.all(urls)).map((one) => one.status)`;
    const result = await scene.run(`async function work() { ${twice} }`);
    expect(result).toMatchObject({ outcome: 'completed', resultJson: '[200,200]' });
    expect(scene.intruders()).toBe(0);
  });

  it.each([
    ['http', 'rebinding.test'],
    ['fetch', 'rebinding-fetch.test'],
  ] as const)('that leads elsewhere at the second question is judged anew: %s', async (way, name) => {
    const url = `http://${name}:${scene.port}/`;
    // A connection that is kept would not ask for the name again.
    const options = way === 'http' ? `{ agent: false }` : `{ headers: { connection: 'close' } }`;
    const ask =
      way === 'http'
        ? `new Promise((done, fail) => require('http').get(url, ${options}, (res) => { res.resume(); res.on('end', () => done(res.statusCode)) }).on('error', fail))`
        : `fetch(url).then(async (res) => { await res.text(); return res.status })`;
    const source = `async function work() { const url = '${url}'; const one = () => ${ask}; console.log(await one()); ${way === 'fetch' ? 'await Promise.all([one(), one(), one()])' : 'await one()'} }`;
    const result = await scene.run(source);
    expect(result).toMatchObject({ outcome: 'egress_denied', logs: [{ text: '200' }] });
    expect(scene.intruders()).toBe(0);
  });
});

describe('ways around the name', () => {
  const get = (options: string) =>
    `return await new Promise((done, fail) => require('http').get(${options}, (res) => { res.resume(); done(res.statusCode) }).on('error', fail))`;

  it('a lookup of the script that names a closed address', () =>
    scene.expectDenied(
      get(
        `{ host: 'open.test', port: PORT, lookup: (name, options, done) => options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4) }`,
      ),
      'rule loopback',
    ));

  it('a local address, or a port to come from', async () => {
    await scene.expectDenied(
      get(`{ host: '127.0.0.1', port: PORT, localAddress: '127.0.0.1', localPort: 4444 }`),
      'rule loopback',
    );
  });

  it('a proxy as an option of axios', () =>
    scene.expectDenied(
      `return (await require('axios').get('http://open.test:' + PORT + '/', { proxy: { host: '127.0.0.1', port: PORT } })).status`,
      'Proxies are not available to scripts',
    ));

  it.each(['http_proxy', 'HTTP_PROXY', 'https_proxy', 'all_proxy'])('a proxy in the environment: %s', async (name) => {
    const body = `process.env.${name} = 'http://127.0.0.1:' + PORT; const seen = [];
      for (const ask of [() => require('axios').get('http://open.test:' + PORT + '/'), () => fetch('http://open.test:' + PORT + '/')]) try { seen.push((await ask()).status) } catch (error) { seen.push(error.code || String(error.cause)) } return seen`;
    const result = await scene.run(`async function work() { const PORT = ${scene.port}; ${body} }`, {
      env: { [name]: `http://127.0.0.1:${scene.port}` },
    });
    expect(['completed', 'threw', 'egress_denied']).toContain(result.outcome);
    expect(scene.intruders()).toBe(0);
  });

  it.each([
    `require('http').get({ socketPath: '/var/run/docker.sock', path: '/' }).on('error', fail)`,
    `require('net').connect('/var/run/docker.sock').on('error', fail)`,
    `require('net').connect({ path: '/var/run/postgresql/.s.PGSQL.5432' }).on('error', fail)`,
    `require('net').connect({ path: '\\0abstract' }).on('error', fail)`,
    `require('axios').get('http://x/', { socketPath: '/var/run/docker.sock' }).catch(fail)`,
  ])('a Unix socket is refused: %s', async (call) => {
    await scene.expectDenied(
      `await new Promise((done, fail) => { ${call} })`,
      'Unix sockets are not available to scripts',
    );
  });

  it('datagrams, servers and workers do not exist', async () => {
    const source = `async function work() { const seen = []; for (const call of [() => require('dgram').createSocket('udp4').send('x', 53, '127.0.0.1'), () => require('net').createServer().listen(0), () => require('http').createServer().listen(0), () => require('child_process'), () => require('worker_threads'), () => require('cluster'), () => require('inspector')])
      try { await call(); seen.push('it works') } catch (error) { seen.push('refused') } return seen }`;
    expect(await scene.run(source)).toMatchObject({ resultJson: JSON.stringify(Array(7).fill('refused')) });
  });

  it('name servers of the script’s own are not asked', async () => {
    const source = `async function work() { const dns = require('dns'); dns.setServers(['127.0.0.1:${scene.port}']); const own = new dns.promises.Resolver(); own.setServers(['127.0.0.1:${scene.port}']);
      return [await dns.promises.resolve4('open.test'), await own.resolve4('open.test')] }`;
    expect(await scene.run(source)).toMatchObject({ resultJson: `[["${OPEN}"],["${OPEN}"]]` });
    expect(scene.intruders()).toBe(0);
  });

  it.each([25, 465, 587, 2525])('the mail port %i of a public address', async (port) => {
    await scene.expectDenied(get(`{ host: '8.8.8.8', port: ${port} }`), 'rule mail_port');
  });

  it.each(['fe80::1%lo', 'fe80::1%1', '::1%lo'])('an address with a zone: %s', async (address) => {
    await scene.expectDenied(
      `await new Promise((done, fail) => require('net').connect({ host: '${address}', port: PORT }, done).on('error', fail))`,
      'rule zone_id',
    );
  });
});

describe('a denial', () => {
  it('is logged once, with connection, host, address, port and rule', async () => {
    scene.log.length = 0;
    await scene.expectDenied(
      `for (let n = 0; n < 5; n += 1) await fetch('http://inside.test:1234/').catch(() => {}); await fetch('http://inside.test:1234/')`,
      'rule private',
    );
    expect(scene.log.filter(({ message }) => message === 'egress denied')).toEqual([
      {
        message: 'egress denied',
        facts: { connection: 'connection', host: 'inside.test', address: '10.1.2.3', port: 1234, rule: 'private' },
      },
    ]);
  });

  it('does not tell a script where a name inside leads to', async () => {
    const result = await scene.expectDenied(
      `const seen = []; const note = (error) => seen.push(JSON.stringify({ ...error, cause: error.cause && { ...error.cause } }) + error.stack + error.message);
       await fetch('http://inside.test:8081/').catch(note); await require('dns').promises.lookup('inside.test').catch(note); await require('dns').promises.resolve4('inside.test').catch(note); throw new Error(seen.join())`,
      'rule private',
    );
    expect(JSON.stringify(result)).toContain('inside.test');
    expect(JSON.stringify(result)).not.toContain('10.1.2.3');
  });

  it.each([
    ['returns no user', 'getUser', 'return null'],
    ['says that the password is wrong', 'validatePassword', 'return false'],
    ['throws an error of its own', 'login', `throw new Error('cannot log in')`],
    ['throws that the password is wrong', 'login', `throw new WrongUsernameOrPasswordError('x', 'no')`],
    ['throws that there is no user', 'login', `throw new UserNotFoundError('x', 'no')`],
  ])('that a script catches is none the less the outcome: it %s', async (_what, functionName, end) => {
    const source = `async function ${functionName}() { try { await fetch('http://inside.test:8081/') } catch (error) { ${end} } }`;
    expect(await scene.run(source, { functionName })).toMatchObject({ outcome: 'egress_denied' });
  });

  it('that a script gets around by asking an open store leaves the word to that', async () => {
    const source = `async function getUser() { try { await fetch('http://inside.test:8081/') } catch {} await (await fetch('http://${OPEN}:${scene.port}/')).text(); return null }`;
    expect(await scene.run(source, { functionName: 'getUser' })).toMatchObject({
      outcome: 'completed',
      resultJson: 'null',
    });
  });
});
