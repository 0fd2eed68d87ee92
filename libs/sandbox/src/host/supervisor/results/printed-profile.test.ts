/** What careless scripts of a custom user store print of a user: printed by the guest, kept as the log history keeps it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from '../../isolate-host/testing/start-host.ts';
import { runOf } from '../testing/test-sandbox.ts';
import { finishResult } from './finish-result.ts';

const USER = {
  email: 'ann.smith+work@example.test',
  username: `Ann "Smith" O'Neil`,
  phone: 491701234567,
  address: '12 Elm Street\nSmithtown',
};

let host: TestHost;
let url: string;
const server = createServer((_request, response) => response.writeHead(500).end('{"error":"broken"}'));

beforeAll(async () => {
  host = await startHost();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await host?.stop();
});

const kept = async (body: string): Promise<string> => {
  const source = `const axios = require('axios'); async function getUser(query, context) { ${body} }`;
  const args = [USER, { userPool: 'Acme' }];
  const {
    outcome,
    logs: lines,
    error: thrown,
  } = await host.run(source, { env: { URL: url }, args, functionName: 'getUser' });
  const request = runOf(source, { functionName: 'getUser', argsJson: JSON.stringify(args), redactProfile: true });
  const { error, logs } = finishResult(request, {
    outcome,
    logs: lines,
    usage: { wallMs: 0, cpuMs: 0, heapBytes: 0 },
    ...(thrown && { error: { name: thrown.name, message: thrown.message } }),
  });
  return [error?.message ?? '', ...logs.map(({ text }) => text)].join('\n');
};

const ASK = "await axios.get(env.URL + '/users', { params: { email: query.email } })";
const ASK_BY_URL = "await axios.get(env.URL + '/users?email=' + encodeURIComponent(query.email))";

describe('the log history of a custom user store holds nothing of a user in', () => {
  it.each([
    ['the arguments as they are', 'console.log(query)'],
    ['the arguments in JSON', 'console.log(JSON.stringify(query))'],
    ['the arguments in JSON within JSON', 'console.log(JSON.stringify({ sent: JSON.stringify(query) }))'],
    ['an error of axios for a request with parameters', `try { ${ASK} } catch (e) { console.error(e); throw e }`],
    [
      'an error of axios for a URL that the script made',
      `try { ${ASK_BY_URL} } catch (e) { console.error(e.config.url, e); throw e }`,
    ],
    [
      'a URL that is logged before it is asked',
      "const url = new URL('/users', env.URL); url.searchParams.set('email', query.email); console.log('GET', url.href)",
    ],
    [
      'a message that names the URL',
      "const res = await fetch(env.URL + '/users?email=' + encodeURIComponent(query.email)); throw new Error('failed: ' + res.url)",
    ],
    [
      'SQL',
      "console.log(require('mysql2').format('SELECT id FROM users WHERE name = ? AND phone = ?', [query.username, query.phone]))",
    ],
    ['Basic credentials', "console.log('Basic ' + Buffer.from(query.email + ':pw').toString('base64'))"],
  ])('%s', async (_, body) => {
    const text = await kept(`${body}; return null;`);
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/smith|neil|491701234567|YW5uLnNtaXRo/i);
  });
});

it('short numbers and words of a user leave the lines of a custom user store readable', async () => {
  const text = await kept("console.log('1 of 3 tries took 12 ms, status 500'); return null;");
  expect(text).toBe('\n1 of 3 tries took 12 ms, status 500');
});
