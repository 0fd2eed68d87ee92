import { type Env, readEnv } from '@userferry/process';
import { expect, it } from 'vitest';
import { tokenFields, tokenRules, tokensOf } from './config.ts';

const read = (env: Env) => tokensOf(readEnv(tokenFields, env, tokenRules));
const ISSUER = { USERFERRY_JWT_ISSUER: 'https://issuer.example/realm', USERFERRY_JWT_AUDIENCE: 'userferry' };

it('no tokens are taken unless an issuer is named', () => {
  expect(read({})).toBeUndefined();
});

it('an issuer goes with an audience, and its keys with an issuer', () => {
  expect(read(ISSUER)).toMatchObject({ issuer: 'https://issuer.example/realm', audience: 'userferry' });
  const [issuer, audience] = Object.entries(ISSUER).map(([name, value]) => ({ [name]: value }));
  for (const half of [issuer, audience, { USERFERRY_JWT_JWKS_URL: 'https://issuer.example/keys' }])
    expect(() => read(half ?? {})).toThrow('USERFERRY_JWT_ISSUER');
});

it('neither issuer nor keys are believed over plaintext beyond this machine', () => {
  for (const url of ['http://issuer.example', 'http://10.0.0.1/keys', 'ftp://issuer.example', 'issuer.example']) {
    expect(() => read({ ...ISSUER, USERFERRY_JWT_ISSUER: url })).toThrow('USERFERRY_JWT_ISSUER');
    expect(() => read({ ...ISSUER, USERFERRY_JWT_JWKS_URL: url })).toThrow('USERFERRY_JWT_JWKS_URL');
  }
  expect(read({ ...ISSUER, USERFERRY_JWT_JWKS_URL: 'http://127.0.0.1:1/keys' })).toMatchObject({
    jwksUrl: new URL('http://127.0.0.1:1/keys'),
  });
});

it.each([
  'https://issuer.example/?realm=a',
  'https://issuer.example/#a',
  'https://issuer.example/a b',
  ' https://i.example',
])('no token has %j as its issuer', (url) =>
  expect(() => read({ ...ISSUER, USERFERRY_JWT_ISSUER: url })).toThrow(/USERFERRY_JWT_ISSUER: must .*query/),
);

it('scopes and pools are two claims', () => {
  const claims = { USERFERRY_JWT_SCOPES_CLAIM: 'groups', USERFERRY_JWT_POOLS_CLAIM: 'groups' };
  expect(() => read({ ...ISSUER, ...claims })).toThrow(/USERFERRY_JWT_POOLS_CLAIM: must not be the claim/);
});
