import { type ConfigError, type Env, readEnv } from '@userferry/process';
import { expect, it } from 'vitest';
import { tokenFields } from '../access/token/config.ts';
import { consoleFields, consoleOf, consoleRules } from './config.ts';

const read = (env: Env) => consoleOf(readEnv({ ...consoleFields, ...tokenFields }, env, consoleRules));

const problemsOf = (env: Env): readonly string[] => {
  try {
    read(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
};

const OIDC = {
  USERFERRY_JWT_ISSUER: 'https://issuer.example',
  USERFERRY_CONSOLE_URL: 'https://userferry.example:7100',
  USERFERRY_CONSOLE_OIDC_CLIENT_ID: 'console',
};

it('the console signs in by keys alone until a client is named, with all that it needs', () => {
  expect(read({}).oidc).toBeUndefined();
  expect(read(OIDC).oidc).toMatchObject({ clientId: 'console', consoleUrl: 'https://userferry.example:7100' });
  for (const missing of ['USERFERRY_JWT_ISSUER', 'USERFERRY_CONSOLE_URL'])
    expect(problemsOf({ ...OIDC, [missing]: undefined })).toEqual([
      expect.stringMatching(/^USERFERRY_CONSOLE_OIDC_CLIENT_ID: needs/),
    ]);
});

it.each(['USERFERRY_CONSOLE_URL', 'USERFERRY_CONSOLE_OIDC_CLIENT_SECRET', 'USERFERRY_CONSOLE_OIDC_RESOURCE'])(
  '%s without a client is half of a sign-in',
  (name) => {
    const value = 'https://hunter2.example';
    expect(problemsOf({ [name]: value })).toEqual([`${name}: is of no use without USERFERRY_CONSOLE_OIDC_CLIENT_ID`]);
  },
);

it.each([
  'https://userferry.example/?tenant=a',
  'https://userferry.example/#top',
  'https://userferry.example/console/',
])('browsers are not led back to a part of the console: %s', (url) => {
  expect(problemsOf({ ...OIDC, USERFERRY_CONSOLE_URL: url })).toEqual([
    expect.stringMatching(/^USERFERRY_CONSOLE_URL: must .* without path, query or fragment/),
  ]);
});

it('what is asked of the issuer is who signs in, too', () => {
  expect(problemsOf({ ...OIDC, USERFERRY_CONSOLE_OIDC_SCOPES: 'openid connections:read' })).toEqual([]);
  for (const scopes of ['connections:read', 'openid,connections:read', 'myopenid'])
    expect(problemsOf({ ...OIDC, USERFERRY_CONSOLE_OIDC_SCOPES: scopes })).toEqual([
      expect.stringMatching(/^USERFERRY_CONSOLE_OIDC_SCOPES: must hold "openid"/),
    ]);
});
