import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { createLineSink } from './line-sink.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

it('lines of one turn of the event loop are written together, behind it and in their order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log');
  const sink = createLineSink({ fd: openSync(file, 'w'), onDropped: () => undefined });
  const written = () => readFileSync(file, 'utf8');
  sink.write('one\n');
  await Promise.resolve();
  sink.write('two\n');
  expect(written()).toBe('');
  await expect.poll(written).toBe('one\ntwo\n');
  sink.write('three\n');
  await expect.poll(written).toBe('one\ntwo\nthree\n');
});

it.each(['process.exit(1)', "throw new Error('unforeseen')"])(
  'no line is lost when a process ends at once: %s',
  (end) => {
    const logger = new URL('logger.ts', import.meta.url).href;
    const program = `import { createLogger } from '${logger}';
    const log = createLogger({ service: 'test', level: 'info' });
    for (let n = 0; n < 500; n += 1) log.info({ n, pad: 'x'.repeat(500) }, 'last words');
    ${end}`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).n),
    ).toEqual(Array.from({ length: 500 }, (_, n) => n));
  },
);

/** A process that logs, runs `program`, and tells on standard error; where its standard output goes is for the test to say. */
const logging = (program: string, stdout: 'pipe' | number = 'pipe') => {
  const logger = new URL('logger.ts', import.meta.url).href;
  const head = `import { createLogger } from '${logger}';
    import { setTimeout as pause } from 'node:timers/promises';
    const log = createLogger({ service: 'test', level: 'info' });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', head + program], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  children.push(child);
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const saying = (word: string) => expect.poll(() => said.join(''), { timeout: 30_000 }).toContain(word);
  return {
    child,
    saying,
    ended: once(child, 'exit').then(([code]) => code as number | null),
    said: () => said.join(''),
  };
};

/** More than is kept for a reader that does not read. */
const FLOOD = `
  for (let n = 0; n < 200; n += 1) {
    for (let each = 0; each < 100; each += 1) log.info({ pad: 'x'.repeat(900) }, 'flood');
    await pause(1);
  }
  process.stderr.write('flooded');`;

it.skipIf(!existsSync('/dev/full'))('a log that cannot be written stops no service, and holds up no end', async () => {
  const full = openSync('/dev/full', 'w');
  const service = logging(
    `log.info('one'); await pause(300); log.info('two'); await pause(300); process.stderr.write('serves'); process.exit(3);`,
    full,
  );
  closeSync(full);
  expect({ code: await service.ended, said: service.said() }).toEqual({ code: 3, said: 'serves' });
});

it('lines that a stalled reader leaves no room for are dropped, and counted once it reads again', async () => {
  const service = logging(`${FLOOD} setInterval(() => undefined, 1_000);`);
  await service.saying('flooded');
  let text = '';
  service.child.stdout?.on('data', (chunk) => (text += chunk));
  await expect.poll(() => text, { timeout: 30_000 }).toMatch(/"msg":"log lines were dropped.*\n$/);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const dropped = lines.find(({ dropped }) => dropped > 0)?.dropped;
  expect(dropped).toBeGreaterThan(10_000);
  expect(lines.filter(({ msg }) => msg === 'flood').length + dropped).toBe(20_000);
});

it.each(['process.exit(3)', 'process.exitCode = 3'])(
  'a reader that has stalled does not hold up the end: %s',
  async (end) => {
    const service = logging(`${FLOOD} ${end}`);
    await service.saying('flooded');
    expect(await service.ended).toBe(3);
  },
);
