import { ServiceError } from '@userferry/errors';
import { serveMetrics } from '@userferry/telemetry';
import { beforeEach, expect, it } from 'vitest';
import { INVALID_CREDENTIALS } from '../outcome/rejected.ts';
import { PAYMENT_REQUIRED } from '../outcome/undecided.ts';
import { countFailedLogin, countLogin } from './count-login.ts';

let metrics: () => Promise<string>;
beforeEach(async () => {
  const server = await serveMetrics({ service: 'identity-gateway', host: '127.0.0.1', port: 0 });
  metrics = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return () => server[Symbol.asyncDispose]();
});

const authenticated = { step: 'authenticated', source: 'local', migratedNow: false } as const;
const user = { kind: 'stored', user: {} } as never;

it.each([
  ['authenticated', 'none', { ...authenticated, user }],
  ['rejected', 'INVALID_CREDENTIALS', INVALID_CREDENTIALS],
  ['undecided', 'PAYMENT_REQUIRED', PAYMENT_REQUIRED],
] as const)('a login that ends %s is counted as that, with why and how long it took', async (outcome, reason, end) => {
  countLogin({ end, source: 'local' }, 250);
  const text = await metrics();
  expect(text).toContain(`userferry_logins_total{outcome="${outcome}",source="local",reason="${reason}"} 1\n`);
  expect(text).toContain(`userferry_login_seconds_sum{outcome="${outcome}",source="local"} 0.25\n`);
});

it.each([
  ['the reason that its caller is told', new ServiceError('STORE_UNAVAILABLE', 'away'), 'STORE_UNAVAILABLE'],
  ['a fault of ours where nobody foresaw it', new TypeError('x'), 'INTERNAL'],
])('a login that failed is no outcome, and counts by %s', async (_, error, reason) => {
  countFailedLogin(error, 250);
  const text = await metrics();
  expect(text).toContain(`userferry_logins_total{outcome="failed",source="none",reason="${reason}"} 1\n`);
  expect(text).toContain('userferry_login_seconds_sum{outcome="failed",source="none"} 0.25\n');
});
