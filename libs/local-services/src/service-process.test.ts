import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { inheritedEnv } from './config.ts';
import { type ServiceLine, startServiceProcess } from './service-process.ts';

const token = 'a-service-token-of-forty-characters-or-so';
const start = (env: Record<string, string>, lines: ServiceLine[] = []) =>
  startServiceProcess({
    name: 'public-ip-service',
    env: { ...inheritedEnv(), USERFERRY_PUBLIC_IP_PORT: '0', ...env },
    onLine: (line) => lines.push(line),
    restart: false,
  });

it('a service that cannot start is told with its last words, which name what is wrong', async () => {
  await expect(start({ PUBLIC_IPS: 'nonsense' }).ready()).rejects.toThrow(
    /exit code 1[\s\S]*USERFERRY_SERVICE_TOKEN[\s\S]*PUBLIC_IPS/,
  );
});

it('a service has nothing of our environment but what it needs', async () => {
  vi.stubEnv('USERFERRY_SOMETHING_OF_OURS', 'x');
  const lines: ServiceLine[] = [];
  const service = start({ USERFERRY_SERVICE_TOKEN: token }, lines);
  try {
    await service.ready();
    expect(Object.keys(inheritedEnv())).not.toContain('USERFERRY_SOMETHING_OF_OURS');
    expect(lines.at(-1)?.facts).toMatchObject({ msg: 'ready', service: 'public-ip-service' });
  } finally {
    vi.unstubAllEnvs();
    await service.stop();
  }
});

it('a service runs as it is built where a folder of built ones is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-built-'));
  mkdirSync(join(folder, 'public-ip-service'));
  const main = `console.log(JSON.stringify({ msg: 'ready', isBuilt: true }));\nprocess.stdin.resume();\n`;
  writeFileSync(join(folder, 'public-ip-service/main.js'), main);
  const lines: ServiceLine[] = [];
  vi.stubEnv('BUILT_SERVICES', folder);
  const service = start({}, lines);
  try {
    await service.ready();
    expect(lines.at(-1)?.facts).toEqual({ msg: 'ready', isBuilt: true });
  } finally {
    vi.unstubAllEnvs();
    await service.stop();
    rmSync(folder, { recursive: true });
  }
});

it('a service that is stopped ends by itself, in order', async () => {
  const lines: ServiceLine[] = [];
  const service = start({ USERFERRY_SERVICE_TOKEN: token }, lines);
  await service.ready();
  await service.stop();
  expect(lines.map(({ facts }) => facts?.msg)).toEqual(['ready', 'stopping']);
});

it('a service to which nobody listens is not held up by what it writes', async () => {
  const root = mkdtempSync(join(tmpdir(), 'userferry-talker-'));
  mkdirSync(join(root, 'apps/public-ip-service/src'), { recursive: true });
  const talk = `console.log('{"msg":"ready"}'); for (let n = 0; n < 2000; n += 1) console.log('x'.repeat(1000));`;
  writeFileSync(join(root, 'apps/public-ip-service/src/main.ts'), talk);
  try {
    const service = startServiceProcess({ name: 'public-ip-service', env: inheritedEnv(), restart: false, root });
    await service.ready();
    expect(await service.exitCode()).toBe(0);
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('a service does not outlive whoever started it, even when that is killed', async () => {
  const program = `
    import { startServiceProcess } from ${JSON.stringify(new URL('service-process.ts', import.meta.url).href)};
    const env = { PATH: process.env.PATH, USERFERRY_SERVICE_TOKEN: '${token}', USERFERRY_PUBLIC_IP_PORT: '0' };
    const service = startServiceProcess({ name: 'public-ip-service', env, onLine: () => {}, restart: true });
    await service.ready();
    console.log(service.pid);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
