import { readFileSync } from 'node:fs';
import { isScriptAction, type ScriptAction } from '@userferry/script-contract';

export const CALLS = [
  'Login',
  'Register',
  'GetUser',
  'SearchUsers',
  'ListUsers',
  'UpdateUser',
  'DeleteUser',
  'ChangePassword',
  'ResetPassword',
] as const;

export type CallName = (typeof CALLS)[number];

const MODES = {
  'Lazy migration': 'lazy',
  'Lazy migration, without the plan': 'lazy unpaid',
  'Custom user store': 'custom',
  'Custom user store, without the plan': 'custom unpaid',
  'No connection, or switched off': 'local',
} as const;

export type Mode = (typeof MODES)[keyof typeof MODES];

/** One row of docs/calls.md, taken apart. */
export type CallRow = {
  /** Unique in the table; names whoever the row is about. */
  readonly token: string;
  readonly call: CallName;
  readonly mode: Mode;
  readonly here: string;
  readonly hereById: string | undefined;
  readonly by: string | undefined;
  readonly withPassword: boolean;
  readonly scripts: readonly (readonly [ScriptAction, string])[];
  /** What our store was asked to write, and its word when it did not, or when it kept what was typed and no more. */
  readonly writes: readonly {
    readonly call: string;
    readonly refused: string | undefined;
    readonly keepsIdentifier: boolean;
  }[];
  readonly answer: string;
  readonly title: string;
};

const scriptOf = (text: string): readonly [ScriptAction, string] => {
  const [, action = '', saying = ''] = /^`(\w+)` → (.+)$/.exec(text) ?? [];
  if (!isScriptAction(action)) throw new Error(`docs/calls.md: not a script: ${text}`);
  return [action, saying];
};

const writeOf = (text: string) => {
  const [, kept, refusedCall, refused] = /^(nothing|identifier) \((\w+) → (\w+)\)$/.exec(text) ?? [];
  return { call: refusedCall ?? text, refused, keepsIdentifier: kept === 'identifier' };
};

const listOf = <T>(cell: string, nothing: string, toItem: (text: string) => T): readonly T[] =>
  cell === nothing ? [] : cell.split(', ').map(toItem);

const rowOf = (call: CallName, mode: Mode, line: string, index: number): CallRow => {
  const [, said = '', scripts = '', writes = '', answer = ''] = line.split('|').map((cell) => cell.trim());
  const [here = '', ...facts] = said.split('; ');
  const fact = (start: string) => facts.find((each) => each.startsWith(start))?.slice(start.length);
  return {
    token: `r${index}`,
    call,
    mode,
    here: here === 'nothing, not asked' ? 'custom_user_store' : here,
    hereById: fact('by legacy id: '),
    by: fact('named by '),
    withPassword: facts.includes('with a new password'),
    scripts: listOf(scripts, '–', scriptOf),
    writes: listOf(writes, 'nothing', writeOf),
    answer,
    title: `${call} (${mode}) | ${[said, scripts, writes, answer].join(' | ')}`,
  };
};

const FILE = new URL('../../../docs/calls.md', import.meta.url);

/** The tables of docs/calls.md as they stand there: what is promised is what is tried. */
export const readCallTable = (text = readFileSync(FILE, 'utf8')): readonly CallRow[] => {
  const rows: CallRow[] = [];
  let [call, mode]: [CallName | undefined, Mode | undefined] = [undefined, undefined];
  for (const line of text.split('\n')) {
    const heading = /^## (\w+)$/.exec(line)?.[1];
    const title = /^\*\*(.+)\*\*$/.exec(line)?.[1];
    if (line.startsWith('## ')) [call, mode] = [CALLS.find((name) => name === heading), undefined];
    else if (title !== undefined && Object.hasOwn(MODES, title)) mode = MODES[title as keyof typeof MODES];
    else if (call && mode && line.startsWith('| ') && !/^\| (---|our store says)/.test(line))
      rows.push(rowOf(call, mode, line, rows.length));
  }
  return rows;
};
