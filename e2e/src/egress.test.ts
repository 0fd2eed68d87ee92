import { ConnectionMode, SaveConnectionRequest } from '@userferry/contracts/management/v1/connection_service';
import type { ScriptAction } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrongPasswordsCounted } from './faults/counted.ts';
import { byUsername, createCaller, reasonOf } from './legacy/caller.ts';
import { createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { createUserferry, type Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let ours: Userferry;
let company: LegacyCompany;

/** Connects to the port that is given as user name, and makes of whatever comes that nobody is there. */
const careless = (action: ScriptAction): string => `
async function ${action}(query) {
  try {
    await new Promise((done, fail) => require('net').connect(Number(query.username), '127.0.0.1', done).on('error', fail));
  } catch {
    return null;
  }
  throw new Error('got through');
}`;

beforeAll(async () => {
  ours = stack.use(await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: '127.0.0.1:*,localhost:*,[::1]:*' } }));
  const connection = { mode: 'LAZY_MIGRATION', uri: 'postgres://u:p@127.0.0.1:1/x', scriptOf: careless } as const;
  company = stack.use(await createCompany(ours, { name: 'careless', connection }));
});
afterAll(() => stack.disposeAsync());

const loginAt = (port: number) => createCaller(company).login(byUsername(String(port)), 'some-Password-1');

describe('with the whole loopback allowed', () => {
  it('no script reaches one of our services, or our store, and nobody is told a wrong password', async () => {
    const ports = [...Object.values(ours.services.ports), ours.store.port];
    for (const port of ports) expect([port, reasonOf(await loginAt(port))]).toEqual([port, 'EGRESS_DENIED']);
    // Each identifier keeps its own try, as of a script that failed, and the address none.
    expect(await wrongPasswordsCounted(ours.store)).toBe(1);
    const denials = ours.lines.filter(({ facts }) => facts?.msg === 'egress denied').map(({ facts }) => facts);
    expect(denials.map((facts) => facts?.rule)).toEqual(ports.map(() => 'own_service'));
    expect(denials[0]).toMatchObject({ host: '127.0.0.1', port: ports[0], connection: expect.any(String) });
  });
});

describe('a connection’s own list', () => {
  const save = (host: string, port: number) =>
    company.connections.saveConnection(
      SaveConnectionRequest.fromPartial({
        userPoolId: company.userPoolId,
        mode: ConnectionMode.LAZY_MIGRATION,
        keepEnv: true,
        egress: [{ host, port }],
      }),
      inTime(),
    );

  it('narrows what the deployment allows', async () => {
    await save('db.example.com', 5432);
    expect(reasonOf(await loginAt(9))).toBe('EGRESS_DENIED');
    await save('127.0.0.1', 9);
    expect(reasonOf(await loginAt(9))).toBe('LEGACY_STORE_UNREACHABLE');
  });

  it('opens nothing that the deployment closes', async () => {
    await save('127.0.0.1', 0);
    expect(reasonOf(await loginAt(ours.services.ports.migration))).toBe('EGRESS_DENIED');
  });

  it('that cannot be read is refused when it is saved', async () => {
    await expect(save('*.example.com', 5432)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('egress[0].host has a wildcard'),
    });
  });
});
