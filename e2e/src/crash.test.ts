import { randomUUID } from 'node:crypto';
import { IdentityServiceClient, LoginRequest } from '@userferry/contracts/identity/v1/identity_service';
import { ServiceError } from '@userferry/errors';
import { createClient } from '@userferry/grpc';
import { member, SERVICE_NAMES } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from './world.ts';

/** The last two on a slow machine, where what was killed is away for longer than a call has time, and its runs are in a queue. */
const NO_ANSWER = ['SERVICE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RUNNER_OVERLOADED'];

let world: World;
beforeAll(async () => {
  world = await createWorld({ restart: true });
});
afterAll(() => world[Symbol.asyncDispose]());

/** An edge that repeats what had no answer, and nothing else, and remembers every answer. */
const patientLogin = async (n: number, surprises: string[]): Promise<string | undefined> => {
  const { mail, password } = member(n);
  const address = `127.0.0.1:${world.services.ports.gateway}`;
  using client = createClient(IdentityServiceClient, { address, token: world.company.edgeKey });
  const { userPoolId } = world.company;
  const request = LoginRequest.fromPartial({ userPoolId, identifier: { $case: 'email', value: mail }, password });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      const { outcome } = await client.login(request, { requestId: randomUUID(), deadlineMs: Date.now() + 15_000 });
      if (outcome?.$case === 'authenticated') return outcome.value.user?.userId;
      if (outcome?.$case === 'rejected') surprises.push(`${mail} was rejected`);
    } catch (error) {
      const reason = error instanceof ServiceError ? error.reason : String(error);
      if (!NO_ANSWER.includes(reason)) surprises.push(`${mail}: ${reason}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  surprises.push(`${mail} never got in`);
  return undefined;
};

describe('while each process is killed in turn', () => {
  it.each(SERVICE_NAMES)('%s: logins have at worst no answer, a repeat succeeds, nobody is doubled', async (name) => {
    const first = 100 + SERVICE_NAMES.indexOf(name) * 50;
    const surprises: string[] = [];
    const numbers = Array.from({ length: 30 }, (_, index) => first + index);
    const logins = numbers.map(async (n, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 60));
      return [await patientLogin(n, surprises), await patientLogin(n, surprises)];
    });
    setTimeout(() => process.kill(world.services.processes[name].pid ?? 0, 'SIGKILL'), 600);
    const ids = await Promise.all(logins);
    expect(surprises).toEqual([]);
    for (const [one, again] of ids) expect(one).toBe(again);
    expect(new Set(ids.map(([one]) => one)).size).toBe(numbers.length);
    const sql = `SELECT count(*)::int AS n FROM user_identifiers WHERE kind = 'email' AND value = ANY($1)`;
    const [row] = await world.store.query<{ n: number }>(sql, {
      database: 'userferry',
      values: [numbers.map((n) => member(n).mail)],
    });
    expect(row?.n).toBe(numbers.length);
    await world.services.processes[name].ready();
  });
});
