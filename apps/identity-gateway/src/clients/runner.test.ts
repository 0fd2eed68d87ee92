import {
  Isolation,
  type RunScriptRequest,
  type ScriptRunnerServiceServer,
  ScriptRunnerServiceService,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { type Reason, ServiceError } from '@userferry/errors';
import { createServer, service, serviceTokenAuthenticate } from '@userferry/grpc';
import { findFreePort } from '@userferry/local-databases';
import { createLogger } from '@userferry/process';
import { outcomeNumber, type ScriptAction } from '@userferry/script-contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptRun } from '../connection/script-run.ts';
import { callFacts } from '../testing/table-world.ts';
import { createRunnerClient } from './runner.ts';

const TOKEN = 'a-service-token-of-more-than-32-characters';
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const FIRST_OUTCOMES = ['killed', 'overloaded', 'store_unreachable'] as const;
type FirstOutcome = (typeof FIRST_OUTCOMES)[number];
const isOutcome = (first: string): first is FirstOutcome => (FIRST_OUTCOMES as readonly string[]).includes(first);

type Asked = RunScriptRequest & { readonly port: number };
type Answers = {
  /** What those that are asked first say, in turn; whoever comes after completes. */
  readonly first: readonly (Reason | FirstOutcome)[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly connectionsReused?: number;
};

/** Runners that say one after the other what they are told to. */
const startRunners = async (count: number, { first, metadata = {}, connectionsReused = 0 }: Answers) => {
  const asked: Asked[] = [];
  const answer = (outcome: FirstOutcome | 'completed') => ({
    outcome: outcomeNumber(outcome),
    resultJson: Buffer.from('null'),
    error: undefined,
    logs: [],
    usage: { wallMs: 1, cpuMs: 1, heapBytes: 1n, connectionsOpened: 0, connectionsReused },
    retryAfterMs: outcome === 'overloaded' ? 700n : 0n,
  });
  const start = async (): Promise<number> => {
    const own = { port: 0 };
    const runScript = async (request: RunScriptRequest) => {
      const said = first[asked.push({ ...request, ...own }) - 1] ?? 'completed';
      if (said === 'completed' || isOutcome(said)) return answer(said);
      throw new ServiceError(said, 'no', { metadata });
    };
    const checkScript = async () => ({ problems: [], modules: [], javascript: '' });
    const server = await createServer({
      host: '127.0.0.1',
      port: 0,
      services: [service<ScriptRunnerServiceServer>(ScriptRunnerServiceService, { runScript, checkScript })],
      authenticate: serviceTokenAuthenticate([TOKEN]),
      log: createLogger({ service: 'test', level: 'silent' }),
      callMsMax: 10_000,
    });
    stack.use(server);
    own.port = server.port;
    return server.port;
  };
  return { asked, ports: await Promise.all(Array.from({ length: count }, start)) };
};

const startRunner = async (first: Reason | FirstOutcome, metadata = {}, connectionsReused = 0, times = 1) => {
  const answers = { first: Array.from({ length: times }, () => first), metadata, connectionsReused };
  const { asked, ports } = await startRunners(1, answers);
  const runner = stack.use(createRunnerClient(`127.0.0.1:${ports[0]}`, TOKEN));
  return { asked, runner };
};

/** Runs go to both only when there is a connection to both. */
const startTwo = async (answers: Answers) => {
  const { asked, ports } = await startRunners(2, answers);
  const runner = stack.use(createRunnerClient(`ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`, TOKEN));
  await runner.checkScript({ source: '', action: 'login', language: 'javascript' }, callFacts());
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { asked, runner };
};

const runOf = (action: ScriptAction): ScriptRun => ({
  runId: 'run-1',
  userPoolId: 'pool',
  action,
  connectionId: 'connection',
  version: 1n,
  source: 'source',
  argsJson: '[]',
  env: {},
  secretNames: [],
  redactProfile: false,
  egress: [],
  isolation: 'warm',
  timeoutMs: 1_000,
  passwords: [],
  test: false,
});

describe('a run that is not answered in time', () => {
  it.each(['createUser', 'getUser'] as const)('has timed out, and is not sent again: %s', async (action) => {
    const { asked, runner } = await startRunner('DEADLINE_EXCEEDED');
    expect(await runner.runScript(runOf(action), callFacts())).toMatchObject({ outcome: 'timed_out' });
    expect(asked).toHaveLength(1);
  });
});

it('a read for which there is no runner, as long as its caller waits, has timed out: nobody is told an error of ours', async () => {
  using runner = createRunnerClient(`127.0.0.1:${await findFreePort()}`, TOKEN);
  const call = { ...callFacts(), deadlineMs: Date.now() + 250 };
  expect(await runner.runScript(runOf('login'), call)).toMatchObject({ outcome: 'timed_out' });
});

it('a read that began, and whose answer was lost, is not said to have found no runner', async () => {
  const { runner } = await startRunner('RUN_ALREADY_STARTED', {}, 0, 50);
  const call = { ...callFacts(), deadlineMs: Date.now() + 3_000 };
  const message = 'the run began, and its answer was lost';
  expect(await runner.runScript(runOf('login'), call)).toMatchObject({ outcome: 'timed_out', error: { message } });
});

describe('a run', () => {
  it.each([
    ['warm', Isolation.UNSPECIFIED],
    ['per_run', Isolation.PER_RUN],
  ] as const)('asks for what its connection may share: %s', async (isolation, wire) => {
    const { asked, runner } = await startRunner('overloaded');
    await runner.runScript({ ...runOf('getUser'), isolation }, callFacts());
    expect(asked.map((request) => request.isolation)).toEqual([wire]);
  });
});

describe('a write', () => {
  it.each(['killed', 'SERVICE_UNAVAILABLE', 'INTERNAL', 'RUN_ALREADY_STARTED'] as const)(
    'that ended as %s is sent once and may have happened',
    async (first) => {
      const { asked, runner } = await startRunner(first);
      expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'killed' });
      expect(asked.map(({ runId }) => runId)).toEqual(['run-1']);
    },
  );

  it('that lost a kept connection on its way is not sent again: it may have happened', async () => {
    const { asked, runner } = await startRunner('store_unreachable', {}, 1);
    expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'store_unreachable' });
    expect(asked).toHaveLength(1);
  });

  it('that the runner was too busy to begin has not happened', async () => {
    const { runner } = await startRunner('RUNNER_OVERLOADED');
    expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'overloaded' });
  });
});

describe('a write at a runner that can run nothing', () => {
  it('has not begun, and is told so', async () => {
    const { asked, runner } = await startRunner('SERVICE_UNAVAILABLE', { begun: 'no' });
    expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'overloaded' });
    expect(asked).toHaveLength(1);
  });
});

describe('a run at a runner that does not take calls of this gateway', () => {
  const REFUSALS = ['UNAUTHENTICATED', 'PEER_UNKNOWN', 'PEER_NOT_ALLOWED'] as const;
  const told = () => {
    const lines: unknown[] = [];
    const facts = callFacts();
    const error = (_: object, msg: string) => void lines.push(msg);
    return { lines, call: { ...facts, log: { ...facts.log, error } as unknown as typeof facts.log } };
  };
  const SAID = ['the script-runner does not take calls of this gateway'];

  it.each(REFUSALS)('has not begun where it writes, and the log says why: %s', async (refusal) => {
    const { asked, runner } = await startRunner(refusal);
    const { lines, call } = told();
    expect(await runner.runScript(runOf('createUser'), call)).toMatchObject({ outcome: 'overloaded' });
    expect(asked).toHaveLength(1);
    expect(lines).toEqual(SAID);
  });

  it.each(REFUSALS)('is tried at another one where it reads, and the log says why: %s', async (refusal) => {
    const { asked, runner } = await startRunner(refusal);
    const { lines, call } = told();
    expect(await runner.runScript(runOf('getUser'), call)).toMatchObject({ outcome: 'completed' });
    expect(asked).toHaveLength(2);
    expect(lines).toEqual(SAID);
  });
});

describe('a read', () => {
  it('of a connection past its share is told when to come back', async () => {
    const { asked, runner } = await startRunner('overloaded');
    expect(await runner.runScript(runOf('getUser'), callFacts())).toMatchObject({
      outcome: 'overloaded',
      retryAfterMs: 700,
    });
    expect(asked).toHaveLength(1);
  });

  it.each(['killed', 'SERVICE_UNAVAILABLE', 'RUN_ALREADY_STARTED'] as const)(
    'that ended as %s is repeated',
    async (first) => {
      const { asked, runner } = await startRunner(first);
      expect(await runner.runScript(runOf('getUser'), callFacts())).toMatchObject({ outcome: 'completed' });
      expect(asked).toHaveLength(2);
    },
  );

  it('that met a kept connection which had gone by then is repeated; a store that is away is not asked again', async () => {
    const kept = await startRunner('store_unreachable', {}, 1);
    expect(await kept.runner.runScript(runOf('login'), callFacts())).toMatchObject({ outcome: 'completed' });
    const away = await startRunner('store_unreachable', {}, 0);
    expect(await away.runner.runScript(runOf('login'), callFacts())).toMatchObject({ outcome: 'store_unreachable' });
    expect([kept.asked, away.asked].map(({ length }) => length)).toEqual([2, 1]);
  });

  it('that failed through our own fault stays an error', async () => {
    const { runner } = await startRunner('INTERNAL');
    await expect(runner.runScript(runOf('getUser'), callFacts())).rejects.toMatchObject({ reason: 'INTERNAL' });
  });
});

describe('with two script-runners, a run', () => {
  const runnersIn = (asked: readonly Asked[]) => new Set(asked.map(({ port }) => port)).size;

  it('goes to the one that is the home of its connection, time after time', async () => {
    const { asked, runner } = await startTwo({ first: [] });
    for (let n = 0; n < 6; n += 1) await runner.runScript(runOf('login'), callFacts());
    expect([asked.length, runnersIn(asked)]).toEqual([6, 1]);
  });

  it.each([
    ['overloaded', {}],
    ['RUNNER_OVERLOADED', {}],
    ['SERVICE_UNAVAILABLE', { begun: 'no' }],
  ] as const)('that one refuses to begin is done by the other, a write too: %s', async (first, metadata) => {
    const { asked, runner } = await startTwo({ first: [first], metadata });
    expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'completed' });
    expect([asked.length, runnersIn(asked)]).toEqual([2, 2]);
  });

  it('that both refuse to begin is told when to come back, and asked of nobody again', async () => {
    const { asked, runner } = await startTwo({ first: ['overloaded', 'overloaded'] });
    const told = { outcome: 'overloaded', retryAfterMs: 700 };
    expect(await runner.runScript(runOf('login'), callFacts())).toMatchObject(told);
    expect([asked.length, runnersIn(asked)]).toEqual([2, 2]);
  });

  it.each(['killed', 'SERVICE_UNAVAILABLE'] as const)(
    'that writes, and that the other one may have begun, is not said to have been refused: %s',
    async (second) => {
      const { asked, runner } = await startTwo({ first: ['overloaded', second] });
      expect(await runner.runScript(runOf('createUser'), callFacts())).toMatchObject({ outcome: 'killed' });
      expect(asked).toHaveLength(2);
    },
  );

  it('that was lost with its host is repeated at the other', async () => {
    const { asked, runner } = await startTwo({ first: ['killed'] });
    expect(await runner.runScript(runOf('login'), callFacts())).toMatchObject({ outcome: 'completed' });
    expect([asked.length, runnersIn(asked)]).toEqual([2, 2]);
  });

  it('that met a kept connection which had gone is repeated where it was', async () => {
    const { asked, runner } = await startTwo({ first: ['store_unreachable'], connectionsReused: 1 });
    expect(await runner.runScript(runOf('login'), callFacts())).toMatchObject({ outcome: 'completed' });
    expect([asked.length, runnersIn(asked)]).toEqual([2, 1]);
  });
});
