import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type LocalCertificate } from '@userferry/local-databases';
import type { Logger } from '@userferry/process';
import { afterEach, describe, expect, it } from 'vitest';
import { createCertificates } from './certificates.ts';
import { openTls } from './open-tls.ts';

const stack: (() => void)[] = [];
afterEach(() => {
  for (const end of stack.splice(0).reverse()) end();
});

type Line = { readonly level: string; readonly msg: string };

/** The log of script-runner, which keeps what is more than a notice. */
const keeping = () => {
  const lines: Line[] = [];
  const write = (level: string) => (facts: object, msg: string) => void lines.push({ level, ...facts, msg });
  const log = { info: () => undefined, warn: write('warn'), error: write('error') };
  return { lines, log: { ...log, bindings: () => ({ service: 'script-runner' }) } as unknown as Logger };
};

const filesOf = (made: LocalCertificate, authorities = made.caCertificate) => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-tls-'));
  stack.push(() => rmSync(folder, { recursive: true, force: true }));
  const files = { caFile: join(folder, 'ca'), certFile: join(folder, 'crt'), keyFile: join(folder, 'key') };
  const write = (each: LocalCertificate, ca: string) => {
    writeFileSync(files.caFile, ca);
    writeFileSync(files.certFile, each.certificate);
    writeFileSync(files.keyFile, each.privateKey);
  };
  write(made, authorities);
  return { files, write };
};

/** What a service says when it starts with these files. */
const saidOf = async (made: LocalCertificate, authorities?: string): Promise<readonly Line[]> => {
  const { lines, log } = keeping();
  const tls = await openTls({ tls: filesOf(made, authorities).files, peers: [] }, log);
  tls?.[Symbol.dispose]();
  return lines;
};

const FOREIGN = { level: 'error', msg: expect.stringContaining('of none of the authorities') };
const NAMELESS = {
  level: 'warn',
  wanted: 'script-runner',
  msg: expect.stringContaining('not the name of this service'),
};

describe('a service that starts', () => {
  it('has nothing to say of a certificate of its authority, with its name', async () => {
    expect(await saidOf(createAuthority().issue(['runner.example', 'Script-Runner']))).toEqual([]);
  });

  it('says that no authority of its own vouches for its certificate', async () => {
    const said = await saidOf(createAuthority().issue(['script-runner']), createAuthority().caCertificate);
    expect(said).toMatchObject([{ ...FOREIGN, names: 'DNS:script-runner' }]);
  });

  it('says that its certificate has not its name', async () => {
    const said = await saidOf(createAuthority().issue(['migration-service', 'script-runner.example']));
    expect(said).toMatchObject([NAMELESS]);
  });
});

describe('a service that runs', () => {
  it('says the same of new certificates', async () => {
    const { lines, log } = keeping();
    const authority = createAuthority();
    const { files, write } = filesOf(authority.issue(['script-runner']));
    const certificates = await createCertificates({ ...files, log, service: 'script-runner', lookMs: 20 });
    stack.push(() => certificates[Symbol.dispose]());
    expect(lines).toEqual([]);
    write(authority.issue(['other.example']), authority.caCertificate);
    await expect.poll(() => lines, { timeout: 20_000 }).toContainEqual(expect.objectContaining(NAMELESS));
  });

  it('without a certificate of its own has none to speak of', async () => {
    const { lines, log } = keeping();
    const { caFile } = filesOf(createAuthority().issue(['x'])).files;
    const certificates = await createCertificates({ caFile, log, service: 'script-runner' });
    certificates[Symbol.dispose]();
    expect(lines).toEqual([]);
  });
});
