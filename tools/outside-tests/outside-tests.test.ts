import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '@userferry/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeFile } from './judge-file.ts';
import { runFile } from './run-file.ts';
import { openSandbox } from './run-in-sandbox.ts';
import { type ServerRelay, startServerRelay } from './server-relay.ts';
import { findTestFiles } from './suites.ts';
import { summarize } from './summarize.ts';

const PASSES = `'use strict';
const common = require('../common');
const assert = require('assert');
const { Buffer } = require('buffer');
let count = 0;
process.on('exit', () => assert.strictEqual(count, 1));
setTimeout(common.mustCall(() => { count += 1; assert.strictEqual(Buffer.from('a').toString('hex'), '61') }), 10);
`;
const NEVER_CALLED = `'use strict';
const common = require('../common');
require('events').once = common.mustCall();
`;
const WITH_SERVER = `'use strict';
const common = require('../common');
const assert = require('assert');
const net = require('net');
const server = net.createServer(common.mustCall((socket) => socket.end('hello')));
server.listen(0, common.mustCall(() => {
  const client = net.connect(server.address().port);
  client.on('data', common.mustCall((data) => assert.strictEqual(String(data), 'hello')));
  client.on('close', common.mustCall(() => server.close(common.mustCall())));
}));
`;
const WITH_HTTP_SERVER = `'use strict';
const common = require('../common');
const assert = require('assert');
const http = require('http');
const server = http.createServer(common.mustCall((req, res) => {
  let body = '';
  req.on('data', (bytes) => { body += bytes });
  req.on('end', common.mustCall(() => { res.writeHead(201, { 'X-Got': req.method + ' ' + req.url }); res.end(body.toUpperCase()) }));
}));
server.listen(0, common.mustCall(() => {
  const req = http.request({ port: server.address().port, method: 'POST', path: '/x' }, common.mustCall((res) => {
    let text = '';
    assert.strictEqual(res.statusCode, 201);
    assert.strictEqual(res.headers['x-got'], 'POST /x');
    res.on('data', (bytes) => { text += bytes });
    res.on('end', common.mustCall(() => { assert.strictEqual(text, 'HELLO'); server.close(common.mustCall()) }));
  }));
  req.write('hel');
  req.end('lo');
}));
`;
const IN_NODE_ALONE = `'use strict';
require('../common');
require('assert').ok(process.pid > 1);
`;

let outside: string;
let sandbox: Sandbox;
let relay: ServerRelay;

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'outside-tests-'));
  mkdirSync(join(outside, 'node/test/parallel'), { recursive: true });
  const files = {
    passes: PASSES,
    'never-called': NEVER_CALLED,
    'node-alone': IN_NODE_ALONE,
    server: WITH_SERVER,
    http: WITH_HTTP_SERVER,
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(outside, `node/test/parallel/test-buffer-${name}.js`), text);
  relay = await startServerRelay();
  sandbox = await openSandbox();
});

afterAll(async () => {
  await sandbox.close();
  await relay.stop();
  rmSync(outside, { recursive: true });
});

const run = async (name: string) => {
  const test = findTestFiles(outside).find(({ file }) => file.endsWith(`test-buffer-${name}.js`));
  if (test === undefined) throw new Error(`${name} was not found`);
  return await runFile({ outside, sandbox, limitMs: 5000, relay, env: {} }, test);
};

describe('a test file from outside', () => {
  it('passes in plain Node and in the sandbox when all that it expects happens', async () => {
    const result = await run('passes');
    expect(result).toMatchObject({ fitness: 'fit', node: { outcome: 'passed' }, sandbox: { outcome: 'passed' } });
  });

  it('fails in plain Node, and is not counted, when a callback that must be called is not', async () => {
    const result = await run('never-called');
    expect(result.node).toMatchObject({ outcome: 'failed', error: expect.stringContaining('called 0 times') });
    expect(result.sandbox).toBeUndefined();
    expect(summarize([result])).toMatchObject([{ passInNode: 0, rate: undefined }]);
  });

  it.each(['server', 'http'])('has a server where it starts one: the harness listens for it (%s)', async (name) => {
    const result = await run(name);
    expect(result).toMatchObject({ needsServer: true, node: { outcome: 'passed' }, sandbox: { outcome: 'passed' } });
  });

  it('fails in the sandbox with the first line of the error when only plain Node passes it', async () => {
    const result = await run('node-alone');
    expect(result).toMatchObject({ node: { outcome: 'passed' }, sandbox: { outcome: 'failed' } });
    expect(result.sandbox?.error).toMatch(/^AssertionError/);
    expect(summarize([result])).toMatchObject([{ passInNode: 1, passInSandbox: 0, rate: 0 }]);
  });
});

describe('the fitness of a test file', () => {
  it.each([
    ['// Flags: --expose-internals\n', 'not applicable'],
    ["require('child_process')", 'not applicable'],
    ["require('net').createServer(() => {})", 'fit'],
    ['new tls.TLSSocket(socket, { isServer: true })', 'not applicable'],
    ["require('buffer') // not child_process", 'fit'],
  ])('of %j is: %s', (source, kind) => {
    expect(judgeFile(source).kind).toBe(kind);
  });
});
