/**
 * A run that nobody asked for, in an isolate that serves nobody. Node compiles a function when it is first called, and an
 * isolate host has half a thousand: whoever's login comes first would wait for them.
 */
import { randomUUID } from 'node:crypto';
import type { Outcome } from '@userferry/script-contract';
import type { RunFrame } from '../../bridge/frames.ts';
import { createParkingLot } from './reuse/parking-lot.ts';
import { startRun } from './run.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { SlotMaker } from './slot-maker.ts';
import type { Lease, SlotPool } from './slot-pool.ts';
import type { SupervisorLink } from './supervisor-link.ts';

const MEMORY_BYTES = 64 * 1024 * 1024;
/** What logins do, as far as nothing leaves the process. */
const SOURCE = `const bcrypt = require('bcrypt');
const crypto = require('crypto');
async function login(query, password, context) {
  const hash = await bcrypt.hash(password, 4);
  const key = crypto.pbkdf2Sync(password, query.email, 1, 32, 'sha256');
  crypto.createHmac('sha256', key).update(crypto.randomBytes(16)).digest('base64');
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => require('net').connect(1, '127.0.0.1').on('error', resolve));
  if (!(await bcrypt.compare(password, hash))) throw new Error('Password is wrong');
  console.log(context);
  return { id: 1, email: query.email };
}`;
const ARGUMENTS = [{ email: 'nobody@example.com' }, 'nothing', {}];

const frameOf = (runId: string): RunFrame => ({
  ...{ kind: 'run', runId, source: SOURCE, functionName: 'login', argsJson: JSON.stringify(ARGUMENTS), env: {} },
  ...{ timeoutMs: 5_000, memoryLimitBytes: MEMORY_BYTES, isolation: 'per_run', reuse: { destinations: [] } },
});

const REFUSED = { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', syscall: 'connect' };

/** Leads nowhere; `told` gets how the run ended. */
const deafLink = (told: (outcome: Outcome) => void): SupervisorLink => ({
  send: (frame) => {
    if (frame.kind === 'result') told(frame.outcome);
  },
  flushed: async () => undefined,
  connect(_question, answer) {
    setImmediate(() => answer({ error: REFUSED }));
    return () => undefined;
  },
  resolve: () => () => undefined,
  onFrame: () => undefined,
});

type Deps = { readonly files: RuntimeFiles; readonly maker: SlotMaker };

/** A pool of the one isolate, which ends with its run. */
const poolOf = (maker: SlotMaker, onGone: () => void): Pick<SlotPool, 'required' | 'giveBack'> => ({
  required: () => undefined,
  async giveBack({ slot }, clean) {
    await clean;
    await maker.discard(slot);
    onGone();
  },
});

/** Resolves with how the run ended, when its isolate is gone. */
export async function warmUp({ files, maker }: Deps): Promise<Outcome> {
  const runId = randomUUID();
  const want = { memoryLimitBytes: MEMORY_BYTES, isolation: 'per_run' } as const;
  const slot = await maker.create(want);
  const lease: Lease = { slot, key: runId, ...want, runs: 0, takenAtMs: performance.now(), memory: undefined };
  const ended = Promise.withResolvers<Outcome>();
  const gone = Promise.withResolvers<void>();
  const deps = { link: deafLink(ended.resolve), files, pool: poolOf(maker, gone.resolve), lot: createParkingLot() };
  startRun(frameOf(runId), lease, deps, { startedAtMs: performance.now(), onEnd: () => undefined });
  await gone.promise;
  return ended.promise;
}
