import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALL_TABLE } from './call-table.ts';
import { DOC_FILE, renderCallTable } from './render-call-table.ts';
import { CALLS, type Row } from './row.ts';
import { runRow } from './run-row.ts';

const nameOf = ({ call, mode, here, by, hereById, password, scripts = [], answer }: Row): string => {
  const said = scripts.map(([action, saying]) => `${action} says ${saying}`).join(', ');
  const how = [by && `by ${by}`, hereById && `by legacy id ${hereById}`, password && 'with a password'];
  return [`${call} (${mode}), here ${here}`, ...how, said, answer].filter((part) => part).join('; ');
};

const runnable = CALL_TABLE.map((row) => [nameOf(row), row] as const);

describe('the table of calls', () => {
  it.each(runnable)('%s', async (_, row) => {
    const { answer, traces } = await runRow(row);
    expect({
      answer,
      scripts: traces.scripts.map(({ action }) => action),
      writes: traces.writes,
      // Of a user's identifiers, each.
      settled: [...new Set(traces.settled.map(({ end }) => end))],
    }).toEqual({
      answer: row.answer,
      scripts: (row.scripts ?? []).map(([action]) => action),
      writes: (row.writes ?? []).map((write) => (typeof write === 'string' ? write : write[0])),
      settled: row.settled === undefined ? [] : [row.settled],
    });
  });

  it('has every row once', () => {
    const names = CALL_TABLE.map(nameOf).map((name, index) => `${name} ${JSON.stringify(CALL_TABLE[index]?.writes)}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['lazy', 'custom', 'local'] as const)('has every call in the situation %s', (mode) => {
    const calls = new Set(CALL_TABLE.filter((row) => row.mode === mode).map(({ call }) => call));
    expect([...calls].sort()).toEqual([...CALLS].sort());
  });

  it('writes nothing about a user in a custom user store, whatever the scripts say', async () => {
    const rows = CALL_TABLE.filter(({ mode }) => mode.startsWith('custom'));
    for (const row of rows) expect((await runRow(row)).traces.writes, nameOf(row)).toEqual([]);
  });

  it('leaves an audit entry with every script that writes, naming the call and nothing of the user', async () => {
    let seen = 0;
    for (const row of CALL_TABLE) {
      const { traces } = await runRow(row);
      const writes = traces.scripts.filter(({ action }) => /^(create|update|delete)User$/.test(action));
      seen += writes.length;
      const entries = writes.map(({ action }) => ({
        action: `IdentityService/${row.call}`,
        target: `script ${action}`,
      }));
      expect(traces.audited, nameOf(row)).toEqual(entries);
    }
    expect(seen).toBeGreaterThan(10);
  });

  it('never lets a script’s own words out of a pool that does not reveal them', async () => {
    for (const row of CALL_TABLE) {
      const { end } = await runRow(row);
      expect('message' in end ? end.message : '', nameOf(row)).not.toContain("the script's own words");
    }
  });

  it('hands a legacy id that is a number to every script as a number', async () => {
    const takesId = new Set(['updateUser', 'deleteUser', 'validatePassword']);
    let seen = 0;
    for (const row of CALL_TABLE)
      for (const { action, args } of (await runRow(row)).traces.scripts)
        if (takesId.has(action)) {
          expect(args[0], nameOf(row)).toBe(7);
          seen += 1;
        }
    expect(seen).toBeGreaterThan(10);
  });

  it('is what docs/calls.md says; `npm run docs` in apps/identity-gateway writes it anew', () => {
    expect(readFileSync(DOC_FILE, 'utf8')).toBe(renderCallTable());
  });
});
