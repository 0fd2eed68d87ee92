import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createAuthority, findFreePort } from '@userferry/local-databases';
import { expect, it } from 'vitest';

const program = (name: string): string => join(import.meta.dirname, name);

/** Resolves when the service has said that it is ready. */
const readyOf = ({ stdout }: { readonly stdout: Readable }): Promise<void> =>
  new Promise((resolve, reject) => {
    createInterface({ input: stdout })
      .on('line', (line) => line.includes('"msg":"ready"') && resolve())
      .on('close', () => reject(new Error('the service ended')));
  });

/** The exit code of a probe, as Kubernetes runs it. */
const probe = (env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program('check-health.ts'), ...args], { env }, (error) =>
      resolve(error === null ? 0 : Number(error.code)),
    );
  });

it('a bad renewal of the certificate files makes no probe fail of a process that goes on with the old ones', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'userferry-probe-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const made = createAuthority().issue(['public-ip-service']);
  const env = {
    PATH: process.env.PATH,
    USERFERRY_SERVICE_TOKEN: 'x'.repeat(40),
    USERFERRY_PUBLIC_IP_PORT: String(await findFreePort()),
    USERFERRY_TLS_CERT_FILE: put('tls.crt', made.certificate),
    USERFERRY_TLS_KEY_FILE: put('tls.key', made.privateKey),
    USERFERRY_TLS_CA_FILE: put('ca.crt', made.caCertificate),
  };
  const service = spawn(process.execPath, [program('main.ts')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(service, 'exit');
  stack.defer(async () => {
    service.kill();
    await ended;
  });
  const bothProbes = () => Promise.all([probe(env), probe(env, 'liveness')]);
  await readyOf(service);
  expect(await probe(env)).toBe(0);

  put('tls.key', createAuthority().issue(['public-ip-service']).privateKey);
  expect(await bothProbes()).toEqual([0, 0]);
  rmSync(env.USERFERRY_TLS_CERT_FILE);
  expect(await bothProbes()).toEqual([0, 0]);

  service.kill();
  await ended;
  expect(await bothProbes()).toEqual([1, 1]);
});
