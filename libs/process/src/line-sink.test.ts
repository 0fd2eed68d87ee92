import { spawnSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLineSink } from './line-sink.ts';

it('lines of one turn of the event loop are written together, behind it and in their order', async () => {
  const written: string[] = [];
  const sink = createLineSink(() => ({ write: (text) => written.push(text) > 0, flushSync: () => undefined }));
  sink.write('one\n');
  await Promise.resolve();
  sink.write('two\n');
  expect(written).toEqual([]);
  await turn();
  sink.write('three\n');
  await turn();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
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
