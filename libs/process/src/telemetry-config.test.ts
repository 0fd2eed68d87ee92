import { expect, it } from 'vitest';
import { port, serviceFields } from './fields.ts';
import { ConfigError, readEnv } from './read-env.ts';
import { telemetryConfig, telemetryRules } from './telemetry-config.ts';

const FIELDS = { ...serviceFields, USERFERRY_HTTP_PORT: port().default(7100), USERFERRY_GATEWAY_PORT: port() };
const ALWAYS = { USERFERRY_SERVICE_TOKEN: 'x'.repeat(32), USERFERRY_GATEWAY_PORT: '7101' };

const configOf = (env: Record<string, string>) =>
  telemetryConfig(
    readEnv(FIELDS, { ...ALWAYS, ...env }, telemetryRules('USERFERRY_HTTP_PORT', 'USERFERRY_GATEWAY_PORT')),
  );

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    configOf(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

it('without a word of it neither metrics nor traces are on', () => {
  expect(configOf({})).toEqual({});
  expect(configOf({ USERFERRY_METRICS_HOST: '0.0.0.0', USERFERRY_TRACES_RATIO: '0.5' })).toEqual({});
});

it('a port turns on metrics, on loopback; a URL traces, all of them', () => {
  expect(configOf({ USERFERRY_METRICS_PORT: '9464' })).toEqual({ metrics: { host: '127.0.0.1', port: 9464 } });
  const url = 'http://collector.example:4318/v1/traces';
  expect(configOf({ USERFERRY_TRACES_URL: url })).toEqual({ traces: { url, headers: {}, ratio: 1 } });
});

it('headers are read as names and values, a value with "=" and blanks included', () => {
  const env = {
    USERFERRY_TRACES_URL: 'https://collector.example/v1/traces',
    USERFERRY_TRACES_HEADERS: 'authorization=Bearer a=b== , x-scope = one',
    USERFERRY_TRACES_RATIO: '0.25',
  };
  const headers = { authorization: 'Bearer a=b==', 'x-scope': 'one' };
  expect(configOf(env)).toMatchObject({ traces: { headers, ratio: 0.25 } });
});

it.each(['http://127.0.0.1:4318/v1/traces', 'http://[::1]:4318/', 'http://localhost/x', 'https://c.example/x'])(
  'secret headers go to %s',
  (url) => expect(problemsOf({ USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: 'a=hunter2' })).toEqual([]),
);

it.each(['http://c.example/v1/traces', 'http://127.0.0.1.evil.example/', 'http://localhost.evil.example/'])(
  'secret headers do not go in the clear to %s, and the problem does not tell them',
  (url) => {
    const problems = problemsOf({ USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: 'a=hunter2' });
    expect(problems).toEqual([expect.stringMatching(/^USERFERRY_TRACES_HEADERS: /)]);
    expect(problems.join()).not.toContain('hunter2');
  },
);

it('headers without a URL are a collector that was forgotten', () => {
  const problems = problemsOf({ USERFERRY_TRACES_HEADERS: 'a=hunter2' });
  expect(problems).toEqual([expect.stringMatching(/^USERFERRY_TRACES_HEADERS: .*USERFERRY_TRACES_URL/)]);
  expect(problems.join()).not.toContain('hunter2');
});

it.each([
  ['7100', {}, 'USERFERRY_HTTP_PORT'],
  ['7101', {}, 'USERFERRY_GATEWAY_PORT'],
  ['7101', { USERFERRY_METRICS_HOST: '0.0.0.0' }, 'USERFERRY_GATEWAY_PORT'],
  ['7101', { USERFERRY_METRICS_HOST: 'localhost' }, 'USERFERRY_GATEWAY_PORT'],
  ['7101', { USERFERRY_LISTEN_HOST: '::' }, 'USERFERRY_GATEWAY_PORT'],
  ['7200', { USERFERRY_HTTP_PORT: '7200' }, 'USERFERRY_HTTP_PORT'],
])('metrics are not served on port %s with %o, which is taken', (metricsPort, env, taken) => {
  expect(problemsOf({ USERFERRY_METRICS_PORT: metricsPort, ...env })).toEqual([
    `USERFERRY_METRICS_PORT: must not be ${taken}`,
  ]);
});

it.each([
  [{ USERFERRY_METRICS_PORT: '7101', USERFERRY_LISTEN_HOST: '10.0.0.1' }],
  [{ USERFERRY_METRICS_PORT: '0', USERFERRY_GATEWAY_PORT: '0' }],
  [{ USERFERRY_METRICS_PORT: '7102' }],
])('metrics are served with %o, where nothing else is', (env) => expect(problemsOf(env)).toEqual([]));

it.each([
  ['USERFERRY_TRACES_URL', 'ftp://c.example/'],
  ['USERFERRY_TRACES_URL', 'https://user:hunter2@c.example/'],
  ['USERFERRY_TRACES_HEADERS', 'hunter2'],
  ['USERFERRY_TRACES_HEADERS', 'a=hunter2,b'],
  ['USERFERRY_TRACES_RATIO', '2'],
  ['USERFERRY_TRACES_RATIO', 'hunter2'],
  ['USERFERRY_METRICS_PORT', '70000'],
])('%s does not take %s, and says so without it', (name, value) => {
  const problems = problemsOf({ [name]: value });
  expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
  expect(problems.join()).not.toContain('hunter2');
});
