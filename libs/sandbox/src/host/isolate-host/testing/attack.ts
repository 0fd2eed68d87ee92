/** Runs hostile scripts and holds what they all must keep: an end in time, by an outcome, and a connection that goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Result, type RunOptions, startHost, type TestHost } from './start-host.ts';

/** What ends by itself has the time that it takes on a busy machine; what does not is given less. */
const LIMITS = { timeoutMs: 20_000, memoryLimitBytes: 64 * 1024 * 1024 } as const;

/** A run ends half a second after its deadline at the latest; tests on a busy machine allow ten times that. */
const CEILING_MS = 10 * 500;
const SETTLE_MS = 500;
const FINE = 'function login() { return "fine" }';

/** How a run ended: as its host said, or `killed` with it, as the supervisor says then. */
export type Ending = Pick<Result, 'outcome' | 'resultJson' | 'error' | 'logs'>;

/** A connection under attack: a host that ends is replaced by a new one, as the supervisor does. */
export type Target = {
  /** Runs the body of a `login` and expects its end in time. */
  attack(body: string, options?: RunOptions): Promise<Ending>;
  /** Expects the connection's next run to end well, and tells how many hosts there were until then. */
  expectNextRunFine(): Promise<number>;
  /** The process that is under attack now. */
  pid(): number;
  stop(): Promise<void>;
};

export async function startTarget(): Promise<Target> {
  let host: TestHost = await startHost();
  let hosts = 1;
  const isGone = (): boolean => host.child.exitCode !== null || host.child.signalCode !== null;
  const run = async (source: string, options: RunOptions): Promise<Ending> => {
    if (isGone()) {
      host = await startHost();
      hosts += 1;
    }
    const killed: Ending = { outcome: 'killed', logs: [] };
    return host.run(source, options).catch(() => killed);
  };
  return {
    async attack(body, options) {
      const given = { ...LIMITS, ...options };
      const startedAtMs = performance.now();
      const ending = await run(`async function login(...given) { ${body}\n}`, given);
      expect(performance.now() - startedAtMs).toBeLessThan(given.timeoutMs + CEILING_MS);
      // A host whose isolate does not stop ends a moment later, with whatever runs in it then.
      if (ending.outcome !== 'completed' && ending.outcome !== 'threw') await sleep(SETTLE_MS);
      return ending;
    },
    async expectNextRunFine() {
      let next = await run(FINE, { timeoutMs: 20_000 });
      // It came while its host was ending: the next one meets a new host.
      if (next.outcome === 'killed') next = await run(FINE, { timeoutMs: 20_000 });
      expect(next).toMatchObject({ outcome: 'completed', resultJson: '"fine"' });
      return hosts;
    },
    pid: () => host.child.pid ?? 0,
    stop: () => host.stop(),
  };
}
