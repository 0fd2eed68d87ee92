import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Result, Results } from '../run-benchmarks.ts';

const FILE = fileURLToPath(new URL('results.json', import.meta.url));
const GIB = 1024 ** 3;

const machine = (): string => {
  const all = cpus();
  const memory = Math.round(totalmem() / GIB);
  return `${all.length} × ${all[0]?.model.trim()}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}`;
};

/** Each benchmark's last figures, with the day and the machine that they are from. */
export const readResults = (): Results => JSON.parse(readFileSync(FILE, 'utf8'));

const readOrNone = (): Results => {
  try {
    return readResults();
  } catch {
    return {};
  }
};

/** Keeps the figures, in the place of older ones of the same names. */
export const saveResults = (results: Results): void => {
  const now = { day: new Date().toISOString().slice(0, 10), machine: machine() };
  const noted = Object.entries(results).map(([name, result]): [string, Result] => [name, { ...now, ...result }]);
  const all = { ...readOrNone(), ...Object.fromEntries(noted) };
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
};
