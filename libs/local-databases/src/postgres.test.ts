import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createCertificate } from './certificate.ts';
import { findFreePort } from './free-port.ts';
import { startPostgres } from './postgres.ts';

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function tryConnect(config: pg.ClientConfig): Promise<string> {
  const client = new pg.Client(config);
  try {
    await client.connect();
    const result = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return result.rows[0].ssl ? 'encrypted' : 'plain';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.end();
  }
}

function reachableFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-test-'));
  chmodSync(folder, 0o755); // as root the server runs as someone else
  return folder;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a temporary PostgreSQL', () => {
  it('lets in who knows the password, by SCRAM-SHA-256 only, and nobody else', async () => {
    await using server = await startPostgres();
    const url = await server.createDatabase('legacy', { owner: "o'acme", password: 'p @ss:/?' });
    expect(await tryConnect({ connectionString: url })).toBe('plain');
    const other = { host: server.host, port: server.port, database: 'legacy', user: "o'acme" };
    expect(await tryConnect({ ...other, password: 'wrong' })).toBe('28P01');
    expect(await tryConnect({ ...other, user: 'postgres', password: 'postgres' })).toBe('28P01');
    const stored = await server.query<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolcanlogin');
    expect(stored.map((row) => row.rolpassword.split('$')[0])).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-256']);
    const methods = await server.query<{ auth_method: string }>('SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(methods).toEqual([{ auth_method: 'scram-sha-256' }]);
  });

  it('listens on loopback only', async () => {
    await using server = await startPostgres();
    expect(await server.query('SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await server.query('SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
  });

  it('offers TLS that verifies with the returned authority and with no other', async () => {
    await using server = await startPostgres({ tls: true });
    const url = server.url.replace('127.0.0.1', 'localhost');
    const trust = (ca: string | undefined) => tryConnect({ connectionString: url, ssl: { ca: ca ?? '' } });
    expect(await trust(server.caCertificate)).toBe('encrypted');
    expect(await tryConnect({ connectionString: server.url, ssl: { ca: server.caCertificate ?? '' } })).toBe(
      'encrypted',
    );
    expect(await trust(createCertificate(['localhost']).caCertificate)).toMatch(/SIGNATURE|ISSUER|VERIFY/);
  });

  it('comes back on the same port with its data after a pause and after a crash', async () => {
    await using server = await startPostgres();
    const before = server.pid;
    await server.query('CREATE TABLE kept (n int)');
    await server.pause();
    expect(server.pid).toBe(-1);
    expect(await tryConnect({ connectionString: server.url })).toBe('ECONNREFUSED');
    await server.resume();
    await server.query('INSERT INTO kept VALUES (7)');
    await server.kill();
    await server.resume();
    expect(await server.query('SELECT n FROM kept')).toEqual([{ n: 7 }]);
    expect(server.pid).not.toBe(before);
  });

  it('tells when it died by itself, and can be resumed', async () => {
    await using server = await startPostgres();
    process.kill(server.pid, 'SIGKILL');
    await server.ended();
    expect(server.pid).toBe(-1);
    await server.resume();
    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves no process and no file behind when it is stopped', async () => {
    const server = await startPostgres({ tls: true });
    const { pid, folder } = server;
    expect([isRunning(pid), existsSync(folder)]).toEqual([true, true]);
    await server.stop();
    await server.stop();
    expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]);
  });

  it('leaves no process and no file behind when its owner is killed', async () => {
    const index = join(import.meta.dirname, 'index.ts');
    const script = `
      const { startPostgres } = await import(${JSON.stringify(index)});
      const server = await startPostgres({ tls: true });
      console.log(JSON.stringify({ pid: server.pid, folder: server.folder }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(owner.stdout, 'data');
    const { pid, folder } = JSON.parse(String(line));
    expect(isRunning(pid)).toBe(true);
    owner.kill('SIGKILL');
    await until(() => !isRunning(pid) && !existsSync(folder));
  });

  it('has all that is its own in its folder, shared memory too, which a killed server leaves', async () => {
    await using server = await startPostgres();
    expect(readdirSync(join(server.folder, 'data', 'pg_dynshmem'))).not.toEqual([]);
  });

  it('does not hold a process open that forgot to stop it', async () => {
    const index = join(import.meta.dirname, 'index.ts');
    const script = `const { startPostgres } = await import(${JSON.stringify(index)});
      console.log((await startPostgres()).folder);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [[line], [code]] = await Promise.all([once(owner.stdout, 'data'), once(owner, 'exit')]);
    expect(code).toBe(0);
    await until(() => !existsSync(String(line).trim()));
  });

  it('says whose data it is where another one runs on them, and leaves that one alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'userferry-in-use-'));
    await using first = await startPostgres({ folder });
    await expect(startPostgres({ folder })).rejects.toThrow(
      `the data in ${first.folder} is in use by another PostgreSQL (process ${first.pid})`,
    );
    expect(await first.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await first.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('says why it did not start, without a secret', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    await expect(startPostgres({ port })).rejects.toThrow(/did not start: .*in use/s);
    blocker.close();
  });

  it('gives an owner rights in the own database only', async () => {
    await using server = await startPostgres({ settings: { max_connections: '10' } });
    const url = await server.createDatabase('one', { owner: 'one' });
    await server.createDatabase('two', { owner: 'two' });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('CREATE TABLE mine (n int)');
    await expect(client.query('CREATE DATABASE three')).rejects.toMatchObject({ code: '42501' });
    await client.end();
    expect(await tryConnect({ connectionString: url.replace(/one$/, 'two') })).toBe('42501');
  });
});

describe('a PostgreSQL with a folder', () => {
  it('keeps data, passwords and certificate between starts, and its data is safe against a crash', async () => {
    const folder = reachableFolder();
    const port = await findFreePort();
    try {
      const first = await startPostgres({ folder, port, tls: true });
      expect(await first.query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
      await first.createDatabase('store', { owner: 'store', password: 'secret' });
      await first.query('CREATE TABLE kept (n int)', { database: 'store' });
      await first.stop();
      await using second = await startPostgres({ folder, port, tls: true });
      expect([second.url, second.caCertificate]).toEqual([first.url, first.caCertificate]);
      const url = await second.createDatabase('store', { owner: 'store', password: 'secret' });
      expect(await tryConnect({ connectionString: url })).toBe('plain');
      expect(await second.query('SELECT * FROM kept', { database: 'store' })).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for a server that a killed owner left in the same folder', async () => {
    const folder = reachableFolder();
    const index = join(import.meta.dirname, 'index.ts');
    const script = `const { startPostgres } = await import(${JSON.stringify(index)});
      console.log((await startPostgres({ folder: ${JSON.stringify(folder)} })).pid); setInterval(() => {}, 1000);`;
    try {
      const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(owner.stdout, 'data');
      owner.kill('SIGKILL');
      await using server = await startPostgres({ folder });
      expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.runIf(process.getuid?.() === 0)('a PostgreSQL that root starts', () => {
  it('keeps the data where its user can reach it, and says so', async () => {
    const home = mkdtempSync(join(tmpdir(), 'userferry-test-')); // mode 0700, owned by root
    const folder = join(home, 'data');
    const first = await startPostgres({ folder });
    try {
      await first.query('CREATE TABLE kept (n int)');
      expect(first.notices).toEqual([expect.stringContaining(first.folder)]);
      expect(first.folder.startsWith(home)).toBe(false);
      await first.stop();
      await using second = await startPostgres({ folder });
      expect(await second.query('SELECT * FROM kept')).toEqual([]);
      const status = readFileSync(`/proc/${second.pid}/status`, 'utf8');
      expect(status).not.toMatch(/^Uid:\s+0\s/m);
    } finally {
      await first.stop();
      rmSync(home, { recursive: true });
      rmSync(first.folder, { recursive: true });
    }
  });
});
