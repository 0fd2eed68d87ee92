import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const LOGGER = new URL('logger.ts', import.meta.url).href;

/** The lines that a program leaves which has a logger as `log`. */
const linesOf = (program: string): Record<string, unknown>[] => {
  const source = `import { createLogger } from '${LOGGER}';
    const log = createLogger({ service: 'test', level: 'info' }); ${program}`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
};

describe('a log line', () => {
  it('never holds what stands under the name of a secret, there or one level below, nor in what is said of all lines', () => {
    const lines = linesOf(`
      const facts = { password: 'hunter2', call: { token: 'hunter2', n: 1 }, list: [1], hash: Buffer.from('hunter2') };
      log.info(facts, 'told');
      log.child({ authorization: 'hunter2', request: { env: { A: 'hunter2' } } }).warn({ argsJson: 'hunter2' }, 'child');
      log.info({ kept: facts.password.length, same: facts.call.token.length }, 'afterwards');`);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]).toMatchObject({ password: '[redacted]', call: { token: '[redacted]', n: 1 }, list: [1] });
    expect(lines[1]).toMatchObject({
      authorization: '[redacted]',
      request: { env: '[redacted]' },
      argsJson: '[redacted]',
    });
    expect(lines[2]).toMatchObject({ kept: 7, same: 7 });
  });

  it('shows of an error its name, message, stack and cause, and nothing that it carries beside', () => {
    const [line] = linesOf(`
      const cause = Object.assign(new Error('the cause'), { detail: 'hunter2' });
      log.error({ err: Object.assign(new Error('failed', { cause }), { code: 'E1', metadata: 'hunter2' }) }, 'told');`);
    expect(line).toMatchObject({ err: { name: 'Error', code: 'E1', cause: { name: 'Error' } }, service: 'test' });
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });
});
