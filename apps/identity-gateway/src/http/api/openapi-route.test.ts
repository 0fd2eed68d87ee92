import { Validator } from '@seriousme/openapi-schema-validator';
import { UserPool } from '@userferry/contracts/management/v1/user_pool_service';
import { createLogger } from '@userferry/process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from '../../access/calls.ts';
import { createGatewayCalls } from '../../create-identity-gateway.ts';
import { type Answer, type Api, bearer, OWN_PAGE, SECRET, signIn, startApi } from '../../testing/api-world.ts';
import { guardedDeps } from '../../testing/guarded-world.ts';
import { jsonRequest } from '../../testing/json-requests.ts';
import { createOidcIssuer } from '../oidc/oidc-issuer.ts';
import { createSealer } from '../session/sealer.ts';

type Operation = { readonly operationId: string };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
let api: Api;
let document: Document;
beforeAll(async () => {
  const log = createLogger({ service: 'test', level: 'silent' });
  const calls = createGatewayCalls({}, guardedDeps());
  const oidc = { name: 'Company', issuer: createOidcIssuer(AWAY) };
  api = stack.use(await startApi({}, { api: { calls, sealer: createSealer(SECRET, log), oidc } }));
  document = (await api.send('GET', '/api/v1/openapi.json')).json as unknown as Document;
});

const NAMES = Object.keys(CALLS);
const AWAY = {
  name: 'Company',
  issuer: 'http://127.0.0.1:1',
  clientId: 'c',
  scopes: 'openid',
  consoleUrl: 'http://127.0.0.1:1',
};

/** Holds a value against a schema of the document. */
const problemsOf = (schema: string, value: unknown): unknown => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'doc');
  const isValid = ajv.validate({ $ref: `doc#/components/schemas/${schema}` }, value);
  return isValid ? [] : ajv.errors;
};
const requestOf = (name: string) => `${name.split('/')[1]}Request`;

describe('the document of the JSON API', () => {
  it('is one of OpenAPI 3.1, by the rules of its own', async () => {
    expect(await new Validator().validate(document as never)).toMatchObject({ valid: true });
    expect((document as unknown as { openapi: string }).openapi).toBe('3.1.1');
  });

  it('has every call of the gateway, and none that is not there', async () => {
    const calls = Object.keys(document.paths).filter((path) => /\/api\/v1\/\w+Service\//.test(path));
    expect(calls.toSorted()).toEqual(NAMES.map((name) => `/api/v1/${name}`).toSorted());
    for (const [path, operations] of Object.entries(document.paths))
      for (const method of Object.keys(operations)) {
        const response = await fetch(`${api.origin}${path}`, { method: method.toUpperCase(), redirect: 'manual' });
        await response.arrayBuffer();
        expect([path, response.status]).not.toEqual([path, 404]);
      }
  });

  it.each(NAMES)('takes the requests that %s takes, and no field that it does not know', (name) => {
    const request = jsonRequest(name, 'pool-a');
    expect(problemsOf(requestOf(name), request)).toEqual([]);
    expect(problemsOf(requestOf(name), { ...request, unheard: 1 })).not.toEqual([]);
  });

  it('knows what is answered: messages, refusals and sessions', async () => {
    const pools = {
      listUserPools: async () => ({ userPools: [UserPool.fromPartial({ name: 'A' })], nextPageToken: '' }),
    };
    const deps = new Proxy(pools, { get: (own, name) => own[name as 'listUserPools'] ?? (async () => KNOWN) });
    await using world = await startApi({ pools: deps as never });
    const listed = await world.post('UserPoolService/ListUserPools', {}, bearer('operator'));
    expect([listed.status, problemsOf('ListUserPoolsResponse', listed.json)]).toEqual([200, []]);
    const templates = await api.post(
      'ConnectionService/ListScriptTemplates',
      { userPoolId: 'pool-a' },
      bearer('operator'),
    );
    expect([templates.status, problemsOf('ListScriptTemplatesResponse', templates.json)]).toEqual([200, []]);
    const refused: Answer[] = [
      await api.post('UserPoolService/GetUserPool', {}, bearer('nobodys-key')),
      await api.post('session', {}, OWN_PAGE),
      await api.send('GET', '/api/v1/nothing'),
    ];
    for (const { json } of refused) expect(problemsOf('Refusal', json)).toEqual([]);
    const session = await api.send('GET', '/api/v1/session', await signIn(api, 'admin-of-a'));
    expect(problemsOf('Session', session.json)).toEqual([]);
    expect(problemsOf('SignInMethods', (await api.send('GET', '/api/v1/session/methods')).json)).toEqual([]);
  });
});

const KNOWN = {
  caller: { role: 'operator', userPoolIds: ['*'], scopes: ['pools:read'], id: 'k' },
  validUntilMs: Number.POSITIVE_INFINITY,
};
