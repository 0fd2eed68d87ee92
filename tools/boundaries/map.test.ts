import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MAY_IMPORT } from './table.ts';

const ARCHITECTURE = new URL('../../ARCHITECTURE.md', import.meta.url);

/** Of each row of the map its rooms and what they may import, without what is said of it in brackets. */
const rows = readFileSync(ARCHITECTURE, 'utf8')
  .split('\n')
  .flatMap((line): [rooms: string[], mayImport: string[]][] => {
    const [, rooms = '', , mayImport = ''] = line.split('|').map((cell) => cell.trim());
    const names = [...rooms.matchAll(/`((?:apps|libs)\/[\w-]+)`/g)].map(([, name = '']) => name);
    const words = mayImport.replace(/\([^)]*\)/g, '').split(/[,\s]+/);
    return names.length === 0 ? [] : [[names, words.filter((word) => /^[a-z]/.test(word))]];
  });

it('the map of ARCHITECTURE.md has every app and library of the table, and no other', () => {
  const ofTable = Object.keys(MAY_IMPORT).filter((folder) => folder.includes('/'));
  expect(rows.flatMap(([rooms]) => rooms).sort()).toEqual(ofTable.sort());
});

it.each(rows.filter(([rooms]) => rooms.length === 1))(
  '%s may import what the map of ARCHITECTURE.md says',
  (rooms, words) => {
    expect([...(MAY_IMPORT[rooms[0] ?? ''] ?? [])].sort()).toEqual(words.toSorted());
  },
);
