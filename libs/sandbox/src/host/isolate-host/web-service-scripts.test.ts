/** The ready-made scripts for a company's web service, in the isolate against such a service. */
import { findFreePort } from '@userferry/local-databases';
import { SCRIPT_ACTIONS, type ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { createCompanyService } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer, startRawServer, type TestServer } from './testing/http-servers.ts';
import { type Result, startHost, type TestHost } from './testing/start-host.ts';

const ANN = { id: '7', email: 'a@b.example', nickname: 'Ann \u00fc' };
const API_TOKEN = 'token of the company';
let host: TestHost;
let service: TestServer;

beforeAll(async () => {
  host = await startHost();
});
beforeEach(async () => {
  await service?.stop();
  service = await startHttpServer(createCompanyService([{ ...ANN, password: 'right' }], API_TOKEN));
});
afterAll(async () => {
  await service.stop();
  await host.stop();
});

type At = { readonly token?: string; readonly port?: number | string };

const run = (
  action: ScriptAction,
  args: readonly unknown[],
  { token = API_TOKEN, port = service.port }: At = {},
): Promise<Result> =>
  host.run(templateOf('web-service', action), {
    functionName: action,
    args: [...args, {}],
    env: { API_URL: `http://127.0.0.1:${port}`, API_TOKEN: token },
  });

async function answerOf(action: ScriptAction, ...args: unknown[]): Promise<unknown> {
  const { outcome, resultJson, error } = await run(action, args);
  return outcome === 'completed' ? JSON.parse(resultJson as string) : [outcome, error?.name];
}

describe('the ready-made script for a web service', () => {
  it('login tells a right password, a wrong one and a user that is not there', async () => {
    expect(await answerOf('login', { email: ANN.email }, 'right')).toEqual(ANN);
    expect(await answerOf('login', { email: ANN.email }, 'wrong')).toEqual(['threw', 'WrongUsernameOrPasswordError']);
    expect(await answerOf('login', { email: 'x@b.example' }, 'right')).toEqual(['threw', 'UserNotFoundError']);
  });

  it('login does not take a token that is refused for a wrong password', async () => {
    const { outcome, error } = await run('login', [{ email: ANN.email }, 'right'], { token: 'wrong token' });
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ name: 'AxiosError', code: 'ERR_BAD_REQUEST' });
    expect(error?.message).toBe('Request failed with status code 401');
  });

  it('login says that the service is unreachable when it is', async () => {
    const port = await findFreePort();
    const { outcome, error } = await run('login', [{ email: ANN.email }, 'right'], { port });
    expect([outcome, error?.code]).toEqual(['store_unreachable', 'ECONNREFUSED']);
  });

  it.each([
    ['breaks off in its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id"'],
    ['breaks off before its answer', ''],
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ])('login says the same of a service that %s', async (_what, bytes) => {
    await service.stop();
    service = await startRawServer((socket) => socket.end(bytes));
    expect((await run('login', [{ email: ANN.email }, 'right'])).outcome).toBe('store_unreachable');
  });

  it('getUser finds a user or null', async () => {
    expect(await answerOf('getUser', { email: ANN.email })).toEqual(ANN);
    expect(await answerOf('getUser', { email: 'x@b.example' })).toBeNull();
  });

  it('searchUser and listUsers give pages', async () => {
    expect(await answerOf('searchUser', '\u00fc')).toEqual({ totalCount: 1, list: [ANN] });
    expect(await answerOf('searchUser', 'nobody')).toEqual({ totalCount: 0, list: [] });
    expect(await answerOf('listUsers', 1, 10)).toEqual({ totalCount: 1, list: [ANN] });
    expect(await answerOf('listUsers', 2, 10)).toEqual({ totalCount: 0, list: [] });
  });

  it('createUser makes one user of an address', async () => {
    const made = { email: 'n@b.example', nickname: 'New', password: 'secret' };
    expect(await answerOf('createUser', made)).toEqual({ id: '8', email: 'n@b.example', nickname: 'New' });
    expect(await answerOf('createUser', made)).toEqual(['threw', 'UserExistsError']);
    expect(await answerOf('login', { email: made.email }, 'secret')).toMatchObject({ id: '8' });
  });

  it('updateUser changes fields and password', async () => {
    expect(await answerOf('updateUser', '7', { nickname: 'Anna', password: 'other' })).toEqual({
      ...ANN,
      nickname: 'Anna',
    });
    expect(await answerOf('validatePassword', '7', 'other')).toBe(true);
    expect(await answerOf('validatePassword', '7', 'right')).toBe(false);
    expect(await answerOf('updateUser', 'a/b', {})).toEqual(['threw', 'UserNotFoundError']);
  });

  it('deleteUser deletes once', async () => {
    expect(await answerOf('deleteUser', '7')).toBe(true);
    expect(await answerOf('deleteUser', '7')).toEqual(['threw', 'UserNotFoundError']);
  });

  it('updateUser says that somebody else has an identifier', async () => {
    expect(await answerOf('createUser', { email: 'n@b.example' })).toMatchObject({ id: '8' });
    expect(await answerOf('updateUser', '8', { email: ANN.email })).toEqual(['threw', 'UserExistsError']);
  });

  const QUERY = { id: null, email: ANN.email, phone: null, username: null };
  const CALLS: Record<ScriptAction, readonly unknown[]> = {
    login: [QUERY, 'right'],
    getUser: [QUERY],
    searchUser: ['a'],
    createUser: [{ email: 'n@b.example' }],
    updateUser: ['7', { nickname: 'Anna' }],
    deleteUser: ['7'],
    listUsers: [1, 10],
    validatePassword: ['7', 'right'],
  };
  const NOES: Record<ScriptAction, readonly number[]> = {
    login: [403, 404],
    getUser: [404],
    searchUser: [],
    createUser: [409],
    updateUser: [404, 409],
    deleteUser: [404],
    listUsers: [],
    validatePassword: [403, 404],
  };

  it.each(SCRIPT_ACTIONS)('%s takes no answer for a yes or a no that it does not know', async (action) => {
    await service.stop();
    let status = 0;
    service = await startHttpServer((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":"7","totalCount":0,"list":[]}');
    });
    const unknown = [400, 401, 403, 404, 409, 410, 423, 429, 500].filter((code) => !NOES[action].includes(code));
    for (status of unknown)
      expect([status, await answerOf(action, ...CALLS[action])]).toEqual([status, ['threw', 'AxiosError']]);
  });
});
