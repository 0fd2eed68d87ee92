import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LoginServiceClient } from '@userferry/contracts/migration/v1/login_service';
import { createCertificates, createClient } from '@userferry/grpc';
import { createAuthority, type LocalAuthority, type LocalCertificate } from '@userferry/local-databases';
import { member, SERVICE_NAMES, type ServiceName } from '@userferry/local-services';
import { createLogger } from '@userferry/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricValue, readMetrics } from './telemetry/metrics-of.ts';
import { createWorld, type World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'userferry-tls-'));
const log = createLogger({ service: 'test', level: 'silent' });
const stack = new AsyncDisposableStack();
stack.defer(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = (name: string) => ({
  caFile: join(folder, name, 'ca.crt'),
  certFile: join(folder, name, 'tls.crt'),
  keyFile: join(folder, name, 'tls.key'),
});

const write = (name: string, made: LocalCertificate, authorities = made.caCertificate): void => {
  mkdirSync(join(folder, name), { recursive: true });
  const { caFile, certFile, keyFile } = filesOf(name);
  writeFileSync(caFile, authorities);
  writeFileSync(certFile, made.certificate);
  writeFileSync(keyFile, made.privateKey);
};

const variablesOf = (name: ServiceName) => ({
  USERFERRY_TLS_CA_FILE: filesOf(name).caFile,
  USERFERRY_TLS_CERT_FILE: filesOf(name).certFile,
  USERFERRY_TLS_KEY_FILE: filesOf(name).keyFile,
});

const issueAll = (authority: LocalAuthority, authorities = authority.caCertificate): void => {
  for (const name of SERVICE_NAMES) write(name, authority.issue([name, 'localhost', '127.0.0.1']), authorities);
  writeFileSync(join(folder, 'edge.crt'), authorities);
};

const EGRESS_ADDRESS = '198.51.100.7';
const first = createAuthority();
let world: World;

beforeAll(async () => {
  issueAll(first);
  const certificates = stack.use(await createCertificates({ caFile: join(folder, 'edge.crt'), log, lookMs: 100 }));
  world = stack.use(
    await createWorld({
      env: { USERFERRY_EGRESS_ADDRESSES: EGRESS_ADDRESS, USERFERRY_METRICS_PORT: '0' },
      envOf: Object.fromEntries(SERVICE_NAMES.map((name) => [name, variablesOf(name)])),
      tls: { certificates, server: 'identity-gateway' },
    }),
  );
});
afterAll(() => stack.disposeAsync());

const inTime = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 20_000 });

const publicIps = (authority = first): Promise<string> =>
  new Promise((resolve, reject) => {
    const { http: port } = world.services.ports;
    const path = '/api/system/public-ips?format=text';
    const asked = request({ host: '127.0.0.1', port, path, ca: authority.caCertificate, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.once('end', () => resolve(body));
    });
    asked.once('error', reject).end();
  });

const linesWith = (msg: string) => world.lines.filter(({ facts }) => facts?.msg === msg);

/** What migration-service says to somebody who knows the service token and shows this certificate. */
const askStore = async (made: LocalCertificate): Promise<string> => {
  write('somebody', made, first.caCertificate);
  using certificates = await createCertificates({ ...filesOf('somebody'), log });
  using store = createClient(LoginServiceClient, {
    address: `127.0.0.1:${world.services.ports.migration}`,
    token: world.serviceToken,
    tls: { certificates, server: 'migration-service' },
  });
  const attempt = { userPoolId: 'x', identifier: undefined, password: '', requestIp: '' };
  return await store.checkLogin(attempt, inTime()).then(String, (error: { reason: string }) => error.reason);
};

describe('four services over mutual TLS', () => {
  it('log a user in', async () => {
    const { mail, password } = member(1);
    expect(await world.login(mail, password)).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
    expect(await world.login(mail, password)).toMatchObject({ $case: 'authenticated', value: { migratedNow: false } });
  });

  it('refuse a stranger, and a service that the picture has not calling, though they know the service token', async () => {
    expect(await askStore(createAuthority().issue(['identity-gateway']))).toBe('PEER_UNKNOWN');
    expect(await askStore(first.issue(['script-runner']))).toBe('PEER_NOT_ALLOWED');
    expect(await askStore(first.issue(['identity-gateway']))).toBe('INVALID_ARGUMENT');
    const [line] = linesWith('a peer is refused').filter(({ facts }) => facts?.reason === 'PEER_NOT_ALLOWED');
    expect(line).toMatchObject({ service: 'migration-service', facts: { names: ['script-runner'] } });
    const shown = await readMetrics(world.lines);
    expect(metricValue(shown, 'userferry_peers_refused_total{reason="PEER_NOT_ALLOWED"}')).toBeGreaterThanOrEqual(1);
    expect(metricValue(shown, 'userferry_certificate_files_fine')).toBe(4);
  });

  it('read no plaintext', async () => {
    const port = world.services.ports.migration;
    using plain = createClient(LoginServiceClient, { address: `127.0.0.1:${port}`, token: world.serviceToken });
    const attempt = { userPoolId: 'x', identifier: undefined, password: '', requestIp: '' };
    await expect(plain.checkLogin(attempt, inTime())).rejects.toMatchObject({ reason: 'SERVICE_UNAVAILABLE' });
  });

  it('pass the address of a runner on to whoever asks over HTTPS', async () => {
    while (!(await publicIps()).includes(EGRESS_ADDRESS)) await sleep(50);
  });

  it('lose no login while all certificates and their authority are replaced', async () => {
    const second = createAuthority();
    const both = first.caCertificate + second.caCertificate;
    const outcomes: string[] = [];
    let rotated = false;
    const logins = Array.from({ length: 3 }, async (_, lane) => {
      for (let n = 0; !rotated; n++) {
        const { mail, password } = member(100 + lane * 250 + (n % 250));
        outcomes.push(await world.login(mail, password).then((each) => each?.$case ?? 'none', String));
      }
    });
    const taken = () => linesWith('new certificates are taken from now on').length;
    const allTake = async (): Promise<void> => {
      const wanted = taken() + SERVICE_NAMES.length;
      const then = () => outcomes.length;
      while (taken() < wanted) await sleep(50);
      const seen = then();
      while (then() < seen + 30) await sleep(20);
    };
    issueAll(first, both);
    await allTake();
    issueAll(second, both);
    await allTake();
    issueAll(second);
    await allTake();
    rotated = true;
    await Promise.all(logins);
    expect(new Set(outcomes)).toEqual(new Set(['authenticated']));
    expect(outcomes.length).toBeGreaterThan(90);
    expect(await publicIps(second)).toContain(EGRESS_ADDRESS);
    await expect(publicIps(first)).rejects.toThrow();
    expect(await askStore(first.issue(['identity-gateway'])).catch(String)).not.toBe('INVALID_ARGUMENT');
  });

  it('show no key in any line of their logs', () => {
    expect(world.lines.map(({ text }) => text).join('\n')).not.toMatch(/PRIVATE KEY/);
  });
});

it('a service does not start in plaintext beyond this machine unless it is told to', async () => {
  const main = join(import.meta.dirname, '../../apps/public-ip-service/src/main.ts');
  const env = { PATH: process.env.PATH, USERFERRY_SERVICE_TOKEN: 'x'.repeat(32), USERFERRY_LISTEN_HOST: '0.0.0.0' };
  const failed = await promisify(execFile)(process.execPath, [main], { env }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('would be plaintext beyond this machine') });
});
