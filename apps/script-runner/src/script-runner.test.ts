import { randomUUID } from 'node:crypto';
import {
  Isolation,
  Outcome,
  RunScriptRequest,
  ScriptAction,
  ScriptRunnerServiceClient,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { createClient } from '@userferry/grpc';
import { createLogger } from '@userferry/process';
import type { RunRequest, Sandbox } from '@userferry/sandbox';
import {
  actionNumber,
  LIMITS,
  OUTCOMES,
  outcomeNumber,
  type RunResult,
  SCRIPT_ACTIONS,
} from '@userferry/script-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { createScriptRunner } from './create-script-runner.ts';
import { parseEgressRule } from './parse-egress-rule.ts';
import { sandboxFacts } from './sandbox-facts.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const serviceToken = 'a-service-token-of-forty-characters-or-so';
const stacks: AsyncDisposableStack[] = [];

afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.disposeAsync();
});

/** A sandbox that only remembers what it was asked; the real one has its own tests. */
const rememberingSandbox = (result: RunResult) => {
  const requests: RunRequest[] = [];
  const checks: (AbortSignal | undefined)[] = [];
  const sandbox: Sandbox = {
    run: async (request) => {
      requests.push(request);
      return result;
    },
    check: async (source, _, language, signal) => {
      checks.push(signal);
      if (source === 'endless') await new Promise(() => {});
      return { problems: [], javascript: `${language}: ${source}` };
    },
    level: { level: 'process', walls: [], missing: [] },
    modules: [{ name: 'pg', version: '8.0.0' }],
    onHealth: () => {},
    stats: () => ({ waiting: 0, hosts: { starting: 0, blank: 0, warm: 0, busy: 0 }, residentBytes: 0 }),
    close: async () => {},
  };
  return { sandbox, requests, checks };
};

const COMPLETED: RunResult = {
  outcome: 'completed',
  resultJson: 'null',
  logs: [],
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
};

const serve = async (result = COMPLETED) => {
  const stack = new AsyncDisposableStack();
  stacks.push(stack);
  const { sandbox, requests, checks } = rememberingSandbox(result);
  const server = stack.use(
    await createScriptRunner({ host: '127.0.0.1', port: 0, serviceTokens: [serviceToken] }, { log, sandbox }),
  );
  const client = stack.use(
    createClient(ScriptRunnerServiceClient, { address: `127.0.0.1:${server.port}`, token: serviceToken }),
  );
  const run = (fields: Partial<RunScriptRequest>, ms = 5_000) =>
    client.runScript(RunScriptRequest.fromPartial({ ...aRun(), ...fields }), {
      requestId: 'request-1',
      deadlineMs: Date.now() + ms,
    });
  const check = (source: string, language: 0 | 1 = 0, patience: { ms?: number; signal?: AbortSignal } = {}) =>
    client.checkScript(
      { source, action: ScriptAction.LOGIN, language },
      {
        requestId: 'request-1',
        deadlineMs: Date.now() + (patience.ms ?? 5_000),
        ...(patience.signal && { signal: patience.signal }),
      },
    );
  return { run, check, requests, checks };
};

const aRun = () => ({
  runId: randomUUID(),
  connectionId: 'c1',
  action: ScriptAction.LOGIN,
  source: 'async function login() {}',
  argsJson: Buffer.from('[]'),
});

describe('the contract', () => {
  it('numbers actions and outcomes as our lists do', () => {
    const shout = (name: string) => name.replace(/([A-Z])/g, '_$1').toUpperCase();
    for (const action of SCRIPT_ACTIONS)
      expect(ScriptAction[shout(action) as keyof typeof ScriptAction]).toBe(actionNumber(action));
    for (const outcome of OUTCOMES)
      expect(Outcome[outcome.toUpperCase() as keyof typeof Outcome]).toBe(outcomeNumber(outcome));
    expect(Object.values(ScriptAction).filter((value) => typeof value === 'number' && value > 0)).toHaveLength(
      SCRIPT_ACTIONS.length,
    );
    expect(Object.values(Outcome).filter((value) => typeof value === 'number' && value > 0)).toHaveLength(
      OUTCOMES.length,
    );
  });
});

describe('the health service', () => {
  it('knows by name which level of walls stands around scripts, and which walls', () => {
    expect(sandboxFacts({ level: 'reduced', walls: ['network'], missing: ['memory'] })).toEqual({
      'sandbox-level/process': true,
      'sandbox-level/reduced': true,
      'sandbox-level/full': false,
      'sandbox-wall/network': true,
      'sandbox-wall/memory': false,
    });
  });
});

/** Of two bytes to a character: eight of them are more bytes than characters. */
const SECRET = 'öäüößöäü';

describe('RunScript', () => {
  it('tells how many connections a run opened, and how many it took over', async () => {
    const usage = { wallMs: 1, cpuMs: 1, heapBytes: 1, connectionsOpened: 1, connectionsReused: 2 };
    const { run } = await serve({ ...COMPLETED, usage });
    expect(await run({})).toMatchObject({ usage: { connectionsOpened: 1, connectionsReused: 2 } });
  });

  it('gives a run an isolate of its own where that is asked for, and takes no word that it does not know', async () => {
    const { run, requests } = await serve();
    await run({});
    await run({ isolation: Isolation.PER_RUN });
    expect(requests.map(({ isolation }) => isolation)).toEqual(['warm', 'per_run']);
    await expect(run({ isolation: 9 as Isolation })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('says when to come back to a connection past its share', async () => {
    const overloaded = { outcome: 'overloaded', logs: [], usage: { wallMs: 0, cpuMs: 0, heapBytes: 0 } } as const;
    const { run } = await serve({ ...overloaded, retryAfterMs: 1_234 });
    expect(await run({})).toMatchObject({ outcome: Outcome.OVERLOADED, retryAfterMs: 1_234n });
  });

  it('never gives a run more time than its caller waits, the wait for a host included', async () => {
    const { run, requests } = await serve();
    const untilMs = Date.now() + 1_000;
    await run({ timeoutMs: 20_000n }, 1_000);
    expect(requests[0]?.deadlineMs).toBeLessThan(untilMs);
  });

  it('starts a write once, however often its run id is sent', async () => {
    const { run, requests } = await serve();
    const write = { runId: 'run-1', action: ScriptAction.CREATE_USER };
    await run(write);
    await expect(run(write)).rejects.toMatchObject({ reason: 'RUN_ALREADY_STARTED' });
    expect(requests).toHaveLength(1);
  });

  it('repeats a read that is sent again', async () => {
    const { run, requests } = await serve();
    await run({ runId: 'run-1' });
    await run({ runId: 'run-1' });
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['run_id', { runId: '' }],
    ['connection_id', { connectionId: '' }],
    ['action', { action: ScriptAction.UNSPECIFIED }],
    ['source', { source: '' }],
    ['source', { source: ' '.repeat(200_000) }],
    ['args_json', { argsJson: Buffer.alloc(0) }],
    ['timeout_ms', { timeoutMs: 3_600_000n }],
    ['memory_limit_bytes', { memoryLimitBytes: 1n }],
    ['env', { env: { KEY: SECRET.repeat(8 * 1024) } }],
    ['env', { env: { ['N'.repeat(64 * 1024)]: '' } }],
    ['env', { env: { DB_PASSWORD: SECRET.repeat(8 * 1024) } }],
    ['secret_names', { env: { KEY: SECRET }, secretNames: ['KEY', SECRET] }],
    ['egress', { egress: { rules: Array.from({ length: 101 }, () => ({ host: SECRET, port: 1 })) } }],
  ])('refuses a bad %s by name', async (field, fields) => {
    const { run, requests } = await serve();
    const error: { message?: string } = await run(fields).then(
      () => ({}),
      (refused: Error) => refused,
    );
    expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field } });
    expect(error.message).not.toContain(SECRET);
    expect(requests).toHaveLength(0);
  });

  it('takes all that a connection may be saved with: own variables and address are counted each for itself', async () => {
    const { run, requests } = await serve();
    // The size as the gateway and the migration service count it: of the JSON, in UTF-8.
    const full = (name: string) => ({ [name]: 'x'.repeat(LIMITS.envBytesMax - JSON.stringify({ [name]: '' }).length) });
    const env = { ...full('OWN'), ...full('DB_PASSWORD') };
    const egress = { rules: Array.from({ length: 100 }, () => ({ host: 'db.example.com', port: 1 })) };
    await run({ env, secretNames: Object.keys(env), egress });
    expect(requests).toMatchObject([{ env, secretNames: ['OWN', 'DB_PASSWORD'] }]);
  });
});

describe('CheckScript', () => {
  it('tells what scripts may require, with versions', async () => {
    const { check } = await serve();
    expect(await check('async function login() {}')).toEqual({
      problems: [],
      javascript: 'javascript: async function login() {}',
      modules: [{ name: 'pg', version: '8.0.0' }],
    });
  });

  it('ends the check when its caller hangs up, and at its deadline', async () => {
    const { check, checks } = await serve();
    const caller = new AbortController();
    const hungUp = expect(check('endless', 0, { signal: caller.signal })).rejects.toMatchObject({
      reason: 'CANCELLED',
    });
    await expect.poll(() => checks.length).toBe(1);
    caller.abort();
    await hungUp;
    await expect(check('endless', 0, { ms: 300 })).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await expect.poll(() => checks.map((signal) => signal?.aborted)).toEqual([true, true]);
  });

  it('passes the language on, and refuses one that it does not know', async () => {
    const { check } = await serve();
    expect(await check('let a: string', 1)).toMatchObject({ javascript: 'typescript: let a: string' });
    await expect(check('', 7 as 1)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('an egress rule', () => {
  it.each([
    ['db.example.com:5432', { host: 'db.example.com', port: 5432 }],
    ['10.0.0.0/8:*', { host: '10.0.0.0/8', port: '*' }],
    ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
  ])('is read: %s', (text, rule) => {
    expect(parseEgressRule(text)).toEqual({ rule });
  });

  it.each([
    ['', 'must be HOST:PORT'],
    ['db', 'must be HOST:PORT'],
    ['db:', 'must be HOST:PORT'],
    ['db:0', 'port from 1 to 65535'],
    ['db:70000', 'port from 1 to 65535'],
    ['2001:db8::1:443', 'must be HOST:PORT'],
    ['a b:1', 'must be HOST:PORT'],
    ['10.0.0.0/99:5432', 'not from 0 to 32'],
    ['*.example.com:5432', 'wildcard'],
    ['127.1:5432', 'all four numbers'],
  ])('is refused: %j', (text, problem) => {
    expect(parseEgressRule(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
