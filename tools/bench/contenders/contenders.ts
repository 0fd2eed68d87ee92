import { setTimeout as sleep } from 'node:timers/promises';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { completeEnv } from '@userferry/script-contract';
import { type Effort, type Figures, PEOPLE } from '../compare-logins.ts';
import { watchTree } from '../tree-memory.ts';
import { CONTENDERS, type ContenderName } from './contender-names.ts';
import { figuresOf, type Measured } from './figures.ts';
import { type Contender, startContender } from './start-contender.ts';

/** What a login leaves to be done in the background is not to fall into the time of the next contender's. */
const PAUSE_MS = 20;
const LOOK_MS = 100;
const MIB = 1024 ** 2;

/** How many times each is asked: one login alone in each round, then all at once for a while, in rounds as well. */
type Size = {
  readonly warmUp: number;
  readonly alone: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly atATime: number;
  readonly memoryMs: number;
};

const FULL: Size = { warmUp: 20, alone: 80, rounds: 5, roundMs: 1_500, atATime: 16, memoryMs: 2_000 };
const QUICK: Size = { warmUp: 1, alone: 3, rounds: 2, roundMs: 150, atATime: 2, memoryMs: 100 };

/**
 * The published-style login script on PostgreSQL, the same file and the same database, by each contender: latency one at a
 * time, CPU time and throughput at 16 at a time, and peak memory, all ÷ plain Node. Every round has all of them, in an order
 * of its own, so that a machine that drifts tells for none.
 */
export const contenders = async ({ pairs }: Effort): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const { server, url } = await startLegacyDatabase({ members: PEOPLE });
  stack.defer(() => server.stop());
  const env = completeEnv({ DB_CONNECTION_URI: url });
  const setting = { scriptFile: sampleScriptFile('login'), env, port: server.port };
  const all: Contender[] = [];
  for (const name of CONTENDERS) {
    const contender = await startContender(name, setting);
    stack.defer(() => contender.stop());
    all.push(contender);
  }
  return figuresOf(await measure(all, pairs < 50 ? QUICK : FULL));
};

type Run = { readonly all: readonly Contender[]; readonly size: Size; readonly next: () => readonly unknown[] };

const measure = async (all: readonly Contender[], size: Size): Promise<readonly Measured[]> => {
  const results = new Map<ContenderName, Measured>(
    all.map(({ name }) => [name, { name, timesMs: [], rounds: [], peakPssMb: 0 }]),
  );
  const of = (name: ContenderName): Measured => results.get(name) as Measured;
  const run: Run = { all, size, next: memberByMember() };
  for (const { login } of all) for (let n = 0; n < size.warmUp; n += 1) await login(run.next());
  await oneAtATime(run, of);
  await manyAtATime(run, of);
  for (const contender of all) of(contender.name).peakPssMb = await peakOf(contender, run);
  return [...results.values()];
};

const memberByMember = () => {
  let n = 0;
  return (): readonly unknown[] => {
    n = (n % PEOPLE) + 1;
    const { mail, password } = member(n);
    return [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
  };
};

/** Another order in each round, by steps that have no common divisor with a number of contenders below eleven. */
const inOrderOf = (round: number, all: readonly Contender[]): readonly Contender[] => {
  const key = (place: number) => ((place + 1) * (round + 1) * 7) % 11;
  return all
    .map((contender, place) => ({ contender, key: key(place) }))
    .sort((a, b) => a.key - b.key)
    .map(({ contender }) => contender);
};

const oneAtATime = async ({ all, size, next }: Run, of: (name: ContenderName) => Measured): Promise<void> => {
  for (let round = 0; round < size.alone; round += 1)
    for (const { name, login } of inOrderOf(round, all)) {
      const args = next();
      const started = performance.now();
      await login(args);
      of(name).timesMs.push(performance.now() - started);
      await sleep(PAUSE_MS);
    }
};

const manyAtATime = async (run: Run, of: (name: ContenderName) => Measured): Promise<void> => {
  for (let round = 0; round < run.size.rounds; round += 1)
    for (const contender of inOrderOf(round, run.all)) {
      const cpuBefore = contender.cpuMs();
      const { logins, ms } = await load(contender, run, run.size.roundMs);
      await sleep(PAUSE_MS);
      of(contender.name).rounds.push({ logins, ms, cpuMs: contender.cpuMs() - cpuBefore });
    }
};

const load = async (
  { login }: Contender,
  { size, next }: Run,
  forMs: number,
): Promise<{ logins: number; ms: number }> => {
  const started = performance.now();
  let logins = 0;
  const edge = async (): Promise<void> => {
    while (performance.now() - started < forMs) {
      await login(next());
      logins += 1;
    }
  };
  await Promise.all(Array.from({ length: size.atATime }, edge));
  return { logins, ms: performance.now() - started };
};

const peakOf = async (contender: Contender, run: Run): Promise<number> => {
  const watch = watchTree(contender.pid, LOOK_MS);
  await load(contender, run, run.size.memoryMs);
  return watch.stop() / MIB;
};
