import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT, readCompose } from './manifests.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
const script = join(ROOT, 'deploy/make-secrets.sh');

describe.runIf(isRoot && hasOpenssl)('the secrets of one machine, by a script that root starts and openssl', () => {
  let scratch: string;
  let folder: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'userferry-secrets-'));
    folder = join(scratch, 'secrets');
    execFileSync('sh', [script, folder], { stdio: 'pipe' });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('are those that compose.yaml names, and the key of the authority, which no container gets', () => {
    const { secrets } = z
      .object({ secrets: z.record(z.string(), z.object({ file: z.string() })) })
      .parse(readCompose());
    const named = Object.values(secrets).map(({ file }) => file.replace('./secrets/', ''));
    expect(readdirSync(folder).sort()).toEqual([...named, 'ca.key'].sort());
  });

  it('are readable for the user of their container and for nobody else', () => {
    for (const name of readdirSync(folder)) {
      const { mode, uid } = statSync(join(folder, name));
      expect(mode & 0o777).toBe(0o400);
      expect(uid).toBe({ 'ca.key': 0, 'postgres-password': 999 }[name] ?? 10_001);
    }
  });

  it('are long enough, random, and fit together', () => {
    expect(read('service-token')).toMatch(/^[0-9a-f]{64}$/);
    expect(read('operator-key')).toMatch(/^ufk_[0-9a-f]{64}$/);
    for (const name of ['encryption-keys', 'peppers'])
      expect(read(name)).toMatch(/^[kp][0-9a-f]{8}:[A-Za-z0-9+/]{43}=$/);
    expect(new URL(read('database-url')).password).toBe(read('postgres-password'));
  });

  it('hold a certificate for each service, with its name and from the one authority', () => {
    const authority = new X509Certificate(read('ca.crt'));
    for (const name of ['identity-gateway', 'script-runner', 'migration-service', 'public-ip-service']) {
      const certificate = new X509Certificate(read(`${name}.crt`));
      expect(certificate.subjectAltName).toBe(`DNS:${name}`);
      expect(certificate.verify(authority.publicKey)).toBe(true);
    }
  });

  it('are never made anew over those that are there', () => {
    const before = read('encryption-keys');
    const again = spawnSync('sh', [script, folder], { encoding: 'utf8' });
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/nothing was changed/);
    expect(read('encryption-keys')).toBe(before);
  });

  it('have other ids at another run, so that a store says that its own are missing', () => {
    const elsewhere = join(scratch, 'another-machine');
    execFileSync('sh', [script, elsewhere], { stdio: 'pipe' });
    for (const name of ['encryption-keys', 'peppers']) {
      const [other] = readFileSync(join(elsewhere, name), 'utf8').split(':');
      expect(read(name).split(':')[0]).not.toBe(other);
    }
    rmSync(elsewhere, { recursive: true });
  });

  it('are not left half made where openssl fails', () => {
    const elsewhere = join(scratch, 'failed');
    const failed = spawnSync('sh', [script, elsewhere], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', OPENSSL_CONF: '/nowhere' },
    });
    expect(failed.status).not.toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
    expect(readdirSync(scratch)).toEqual(['secrets']);
  });
});
