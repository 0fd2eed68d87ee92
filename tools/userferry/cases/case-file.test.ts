import { afterAll, describe, expect, it } from 'vitest';
import { createAuthor } from '../testing/userferry.ts';
import { UsageError } from '../usage-error.ts';
import { readCases } from './case-file.ts';

const author = createAuthor();
afterAll(() => author[Symbol.dispose]());

/** How reading this text fails. */
const problemOf = (text: string): string => {
  author.write('c.yaml', text);
  try {
    readCases('c.yaml', author.folder);
    return 'nothing';
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
};

const CASE = 'cases:\n  - name: x\n    action: login\n';
const expecting = (what: string) => `${CASE}    expect: ${what}\n`;
const taking = (what: string) => `${CASE}    args: ${what}\n    expect: {}\n`;

describe('a mistake in a file of cases', () => {
  it.each([
    ['', 'c.yaml:1:1: the file must be an object, not null'],
    ['[1]\n', 'c.yaml:1:1: the file must be an object, not a list'],
    ['seed: mysql\n', 'c.yaml:1:1: cases is missing'],
    ['cases: []\n', 'c.yaml:1:8: cases must not be empty'],
    ['cases: x\n', 'c.yaml:1:8: cases must be a list, not text'],
    ['cases:\n  - 1\n', 'c.yaml:2:5: cases[0] must be an object, not a number'],
    [CASE, 'c.yaml:2:5: cases[0].expect is missing'],
    ['seed: oracle\ncases: []\n', 'c.yaml:1:7: seed must be one of postgresql, mysql, mongodb, web-service'],
    [
      'cases:\n  - { name: x, action: logn, expect: {} }\n',
      /^c\.yaml:2:24: cases\[0\]\.action must be one of login, .*; did you mean login\?$/,
    ],
    [`${CASE}    expct: {}\n`, 'c.yaml:4:5: cases[0].expct is no field; did you mean expect?'],
    [expecting('{ profil: {} }'), 'c.yaml:4:15: cases[0].expect.profil is no field; did you mean profile?'],
    [
      expecting('{ error: { hunter: x } }'),
      'c.yaml:4:24: cases[0].expect.error.hunter is no field; there are outcome, name, message, code, line',
    ],
    [expecting('{ error: { line: x } }'), 'c.yaml:4:30: cases[0].expect.error.line must be a number, not text'],
    [expecting('{ error: { line: 1.5 } }'), 'c.yaml:4:30: cases[0].expect.error.line must be a whole number'],
    [expecting('{ not_found: false }'), 'c.yaml:4:26: cases[0].expect.not_found must be true'],
    [
      expecting('{ rejected: no }'),
      /^c\.yaml:4:25: cases\[0\]\.expect\.rejected must be one of true, wrong_password, user_not_found, /,
    ],
    [taking('{ emal: x }'), 'c.yaml:4:13: cases[0].args.emal is no field; did you mean email?'],
    [taking('{ email: 1 }'), 'c.yaml:4:20: cases[0].args.email must be text, not a number'],
    [taking('{ id: {} }'), 'c.yaml:4:17: cases[0].args.id must be text or a number, not an object'],
    [taking('7'), 'c.yaml:4:11: cases[0].args must be an object or a list, not a number'],
    [taking('{ page: 0 }'), 'c.yaml:4:19: cases[0].args.page must be 1 or more'],
    [taking('{ fields: [1] }'), 'c.yaml:4:21: cases[0].args.fields must be an object, not a list'],
    [`${CASE}    env: { A: 1 }\n    expect: {}\n`, 'c.yaml:4:15: cases[0].env.A must be text, not a number'],
    ['cases: []\n---\nb: 1\n', 'c.yaml:2:1: a second document (---) begins here: all cases are in one'],
    ['cases:\n  - { name: x, name: y }\n', 'c.yaml:2:16: Map keys must be unique'],
  ])('is told in plain words, with its place and its field: %j', (text, message) => {
    const problem = problemOf(text);
    if (typeof message === 'string') expect(problem).toBe(message);
    else expect(problem).toMatch(message);
  });
});

describe('aliases', () => {
  const NINE = (name: string) => `[${Array(9).fill(name).join(',')}]`;
  const bomb = `a: &a ${NINE('1')}\nb: &b ${NINE('*a')}\nc: &c ${NINE('*b')}\ncases: ${NINE('*c')}\n`;

  it.each([
    ['far too much', bomb, 'c.yaml: its aliases (*…) stand for far too much'],
    ['nothing', 'cases: *nope\n', 'c.yaml:1:8: *nope is an alias of nothing: its anchor, &nope, has to come before it'],
    ['itself', taking('&a [*a]'), 'c.yaml: an alias (*…) stands for something that it is a part of'],
    ['the deep', '['.repeat(100_000), 'c.yaml is nested too deeply'],
    ['the deep that ends', `${'['.repeat(2_000)}${']'.repeat(2_000)}`, expect.stringMatching(/^c\.yaml/)],
  ])('and depth that nobody can follow are a mistake of the file: %s', (_, text, message) => {
    expect(problemOf(text)).toEqual(message);
  });

  it('that are followed are what they stand for', () => {
    author.write('c.yaml', `${CASE}    args: &a { email: a@b.test }\n    expect: { profile: *a }\n`);
    expect(readCases('c.yaml', author.folder).cases[0]?.expect.profile).toEqual({ email: 'a@b.test' });
  });

  it('end the tool as misuse', () => {
    author.write('bomb.yaml', bomb);
    expect(author.userferry(['test', 'bomb.yaml'])).toMatchObject({ status: 2, stdout: '' });
  });
});
