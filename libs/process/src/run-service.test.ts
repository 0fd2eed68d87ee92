import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const moduleUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** A process of its own that runs a service which says what happens to it. */
const run = ({ args = [], readConfig = "({ logLevel: 'info', stopDelayMs: 0 })", start = '' } = {} as Program) => {
  const program = `
    import { runService } from ${moduleUrl('run-service.ts')};
    import { ConfigError } from ${moduleUrl('read-env.ts')};
    await runService('a-service', () => ${readConfig}, async (config, { log, stack, stopping, onStop }) => {
      const open = setInterval(() => undefined, 1_000);
      stack.defer(() => clearInterval(open));
      stack.defer(() => log.info('closed'));
      onStop(() => log.info('announced'));
      ${start}
      log.info('ready');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const text: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => text.push(String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const says = () => Array.from(text.join('').matchAll(/"msg":"([^"]+)"/g), ([, said]) => said);
  return {
    child,
    ended,
    says,
    text: () => text.join(''),
    saying: (msg: string) => expect.poll(says, { timeout: 20_000 }).toContain(msg),
  };
};
type Program = { readonly args?: readonly string[]; readonly readConfig?: string; readonly start?: string };

it('a service that is told to stop says so, goes on for the configured time, closes and ends with 0', async () => {
  const service = run({
    readConfig: "({ logLevel: 'info', stopDelayMs: 300 })",
    start: `
    let announcedAt;
    onStop(() => { announcedAt = performance.now(); });
    stack.defer(() => log.info(performance.now() - announcedAt >= 290 ? 'waited' : 'hurried'));`,
  });
  await service.saying('ready');
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(service.says()).toEqual(['ready', 'stopping', 'announced', 'waited', 'closed']);
});

it('a second signal ends it at once', async () => {
  const service = run({ start: 'stack.defer(() => { log.info("closing"); return new Promise(() => undefined); });' });
  await service.saying('ready');
  service.child.kill('SIGTERM');
  await service.saying('closing');
  service.child.kill('SIGINT');
  expect(await service.ended).toBe(1);
  expect(service.says()).toEqual(['ready', 'stopping', 'announced', 'closing', 'stopping at once']);
});

it('a start that fails closes what was opened, and ends with 1', async () => {
  const service = run({ start: 'throw new Error("no room");' });
  expect(await service.ended).toBe(1);
  expect(service.says()).toEqual(['cannot start: no room', 'closed']);
});

it('a start that waits is told to stop, and ends with 0', async () => {
  const service = run({
    start: `
    log.info('waiting');
    await new Promise((_, reject) => stopping.addEventListener('abort', () => reject(stopping.reason)));`,
  });
  await service.saying('waiting');
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(service.says()).toEqual(['waiting', 'stopped before it was ready', 'closed']);
});

it('a configuration that is wrong is told problem by problem, and nothing is started', async () => {
  const service = run({ readConfig: "{ throw new ConfigError(['A: is required', 'B: must be 1']); }" });
  expect(await service.ended).toBe(1);
  expect(JSON.parse(service.text())).toMatchObject({
    msg: 'cannot start: 2 problem(s)',
    problems: ['A: is required', 'B: must be 1'],
  });
});

it('with --check-config it says whether the configuration is right, and starts nothing', async () => {
  const right = run({ args: ['--check-config'] });
  expect(await right.ended).toBe(0);
  expect(right.text()).toBe('a-service: the configuration is right\n');
  const wrong = run({ args: ['--check-config'], readConfig: "{ throw new ConfigError(['A: is required']); }" });
  expect(await wrong.ended).toBe(1);
  expect(wrong.text()).toBe('a-service: the configuration has 1 problem(s):\n  - A: is required\n');
});

it('an argument that it does not know is refused, so that no slip of the pen starts a service', async () => {
  const service = run({ args: ['--chek-config'] });
  expect(await service.ended).toBe(1);
  expect(service.text()).toContain('chek-config');
  expect(service.says()).toEqual([]);
});
