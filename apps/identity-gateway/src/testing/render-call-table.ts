import { fileURLToPath } from 'node:url';
import { CALL_TABLE } from './call-table.ts';
import { INTRODUCTION, MODE_TITLES } from './calls-text.ts';
import { CALLS, type CallName, type Mode, type Row } from './row.ts';

/** Where the rendering is kept. */
export const DOC_FILE = fileURLToPath(new URL('../../../../docs/calls.md', import.meta.url));

const code = (text: string): string => `\`${text}\``;

const saidHere = ({ here, hereById, by, password }: Row): string => {
  const facts = [
    here === 'custom_user_store' ? 'nothing, not asked' : here,
    hereById && `by legacy id: ${hereById}`,
    by && `named by ${by}`,
    password && 'with a new password',
  ];
  return facts.filter((fact) => fact !== undefined).join('; ');
};

const scriptsOf = ({ scripts = [] }: Row): string =>
  scripts.length === 0 ? '–' : scripts.map(([action, saying]) => `${code(action)} → ${saying}`).join(', ');

/** Our store knew the user: what they typed is kept beside their identifiers, and nothing else is written. */
const KEPT: Readonly<Record<string, string>> = { already_migrated: 'identifier' };

const writeOf = (write: NonNullable<Row['writes']>[number]): string =>
  typeof write === 'string' ? write : `${KEPT[write[1]] ?? 'nothing'} (${write[0]} → ${write[1]})`;

const writesOf = ({ writes = [] }: Row): string => (writes.length === 0 ? 'nothing' : writes.map(writeOf).join(', '));

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const HEAD = ['our store says', 'scripts run, and say', 'written here', 'answer'];

const tableOf = (rows: readonly Row[]): string =>
  [
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rows.map((row) => line([saidHere(row), scriptsOf(row), writesOf(row), row.answer])),
  ].join('\n');

const sectionOf = (call: CallName): string => {
  const modes = Object.keys(MODE_TITLES) as Mode[];
  const parts = modes.flatMap((mode) => {
    const rows = CALL_TABLE.filter((row) => row.call === call && row.mode === mode);
    return rows.length === 0 ? [] : [`**${MODE_TITLES[mode]}**\n\n${tableOf(rows)}\n`];
  });
  return `## ${call}\n\n${parts.join('\n')}`;
};

/** docs/calls.md: the text, then a table for each call and mode. */
export const renderCallTable = (): string => [INTRODUCTION, ...CALLS.map(sectionOf)].join('\n');
