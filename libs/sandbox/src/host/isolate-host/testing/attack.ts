/** Runs hostile scripts and holds what they all must keep: an end in time, by an outcome, and a host that goes on. */
import { expect } from 'vitest';
import type { Result, RunOptions, TestHost } from './start-host.ts';

export const ATTACK_LIMITS = { timeoutMs: 1000, memoryLimitBytes: 64 * 1024 * 1024 } as const;

/** A run ends half a second after its deadline at the latest; tests on a busy machine allow ten times that. */
export const CEILING_MS = 10 * 500;

/** Runs the body of a `login` and expects its end in time. */
export async function attack(host: TestHost, body: string, options: RunOptions = {}): Promise<Result> {
  const given = { ...ATTACK_LIMITS, ...options };
  const startedAtMs = performance.now();
  const result = await host.run(`async function login(...given) { ${body}\n}`, given);
  expect(performance.now() - startedAtMs).toBeLessThan(given.timeoutMs + CEILING_MS);
  return result;
}

/** The host has survived if another run of the connection ends well. */
export async function expectNextRunFine(host: TestHost): Promise<void> {
  const next = await host.run('function login() { return "fine" }', { timeoutMs: 20_000 });
  expect(next).toMatchObject({ outcome: 'completed', resultJson: '"fine"' });
}
