import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../userferry/sandbox-session.ts';

const ROOT = join(import.meta.dirname, '../..');
const pageOf = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

/** A block of commands, what was said before it in a comment, and the lines that have to come of it. */
type Step = { readonly note: string; readonly commands: string; readonly lines: readonly string[] };

const BLOCK = /(?:<!-- ([^\n]*) -->\n)?```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?/gs;
const steps: readonly Step[] = [...pageOf('tutorial.md').matchAll(BLOCK)].map(
  ([, note = '', commands = '', text = '']) => ({
    note,
    commands,
    lines: text.split('\n').filter((line) => line !== ''),
  }),
);

/** `npx userferry` without npx: the tool itself, in the folder where the shell stands. */
const SHELL = `
set -e -o pipefail
npx() { [ "$1" = userferry ]; shift; INIT_CWD="$PWD" "${process.execPath}" "${join(ROOT, 'tools/userferry/main.ts')}" "$@"; }
`;

describe('the tutorial', () => {
  it('comes out as it is told, command by command', { timeout: 240_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'userferry-tutorial-'));
    try {
      let before = '';
      for (const { note, commands, lines } of steps.filter((step) => !step.note.startsWith('not run'))) {
        const { status, stdout, stderr } = spawnSync('bash', ['-c', `${SHELL}${before}${commands}`], {
          cwd: folder,
          encoding: 'utf8',
        });
        const code = Number(/^ends with (\d)$/.exec(note)?.[1] ?? 0);
        expect([commands, status, stderr]).toEqual([commands, code, stderr]);
        const shown = stdout.replace(/ \(\d+ ms\)/g, '').split('\n');
        expect(shown).toEqual(expect.arrayContaining([...lines]));
        // Where a block has left the shell, the next begins.
        before += (/^cd .*\n/m.exec(commands) ?? [''])[0];
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves only blocks out that say why', () => {
    expect(steps.map(({ note }) => note).filter((note) => note.startsWith('not run'))).toHaveLength(3);
    expect(steps).toHaveLength(8);
  });
});

it('a wrapped script of Auth0 answers and refuses as one of ours', async () => {
  const [, source = ''] = /<!-- call: login -->\n```js\n(.*?)```/s.exec(pageOf('moving-from-genauth.md')) ?? [];
  await using sandbox = await openSandbox([]);
  const login = (email: string, password: string) =>
    sandbox.run({
      ...{ source, language: 'javascript', functionName: 'login', env: { KNOWN_EMAIL: 'ada@example.com' } },
      args: [{ email, phone: null, username: null }, password, {}],
      ...{ timeoutMs: 10_000, memoryLimitBytes: 128 * 2 ** 20 },
    });
  const { outcome, resultJson = '' } = await login('ada@example.com', 'right');
  expect([outcome, JSON.parse(resultJson)]).toEqual([
    'completed',
    { id: 'auth0-7', email: 'ada@example.com', emailVerified: true, nickname: 'Ada' },
  ]);
  const refused = { outcome: 'threw', error: { name: 'WrongUsernameOrPasswordError' } };
  expect(await login('ada@example.com', 'wrong')).toMatchObject(refused);
  expect(await login('nobody@example.com', 'right')).toMatchObject(refused);
});

it.each(['tutorial.md', 'cookbook.md', 'reference.md', 'userferry.md', 'moving-from-genauth.md'])(
  '%s leads only to pages and headings that are there',
  (name) => {
    for (const [, target = '', anchor] of pageOf(name).matchAll(/\]\(([\w-]+\.md)(?:#([\w-]+))?\)/g)) {
      const headings = [...pageOf(target).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replace(/ /g, '-'),
      );
      if (anchor !== undefined) expect(headings).toContain(anchor);
    }
  },
);
