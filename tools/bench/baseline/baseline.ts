import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result, Results } from '../run-benchmarks.ts';
import { COMPARED, type Compared } from './compared-figures.ts';

const FILE = fileURLToPath(new URL('baseline.json', import.meta.url));

/** By benchmark and figure. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

const readBaseline = (): Baseline => JSON.parse(readFileSync(FILE, 'utf8'));

/** Whether a change is compared by one of this benchmark's figures. */
export const inBaseline = (name: string): boolean => Object.hasOwn(COMPARED, name);

type Difference = { readonly figure: string; readonly was: number | undefined; readonly is: unknown };

const sentence = (name: string, { figure, was, is }: Difference, { tolerance }: Compared): string => {
  if (was === undefined) return `${name} ${figure} is not in the baseline: npm run bench -- --save-baseline ${name}`;
  return `${name} ${figure} is ${is}, the baseline has ${was} (tolerance ${tolerance * 100} %)`;
};

const differs = ({ was, is }: Difference, { tolerance }: Compared): boolean =>
  was === undefined || typeof is !== 'number' || Math.abs(is - was) > Math.abs(was) * tolerance;

/**
 * A sentence for each figure that is beyond its tolerance, in either direction: what became cheaper is written down, too,
 * so that it cannot be lost again unseen. CPU time is left out where the machine was not quiet, or `cpuToo` is false.
 */
export const compareWithBaseline = (
  results: Results,
  { cpuToo, baseline = readBaseline() }: { readonly cpuToo: boolean; readonly baseline?: Baseline },
): readonly string[] =>
  Object.entries(results).flatMap(([name, result]) =>
    Object.entries(COMPARED[name] ?? {})
      .filter(([, { kind }]) => kind === 'count' || (cpuToo && result.quiet === true))
      .map(([figure, how]) => ({ how, difference: { figure, was: baseline[name]?.[figure], is: result[figure] } }))
      .filter(({ how, difference }) => differs(difference, how))
      .map(({ how, difference }) => sentence(name, difference, how)),
  );

const kept = (name: string, result: Result): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(COMPARED[name] ?? {}).map((figure) => [figure, Number(result[figure])]));

/** Writes the figures that changes are compared by, in the place of older ones of the same benchmarks. */
export const saveBaseline = (results: Results): void => {
  const fresh = Object.entries(results).filter(([name]) => inBaseline(name));
  const baseline = { ...orNone(), ...Object.fromEntries(fresh.map(([name, result]) => [name, kept(name, result)])) };
  writeFileSync(FILE, `${JSON.stringify(baseline, null, 2)}\n`);
};

const orNone = (): Baseline => {
  try {
    return readBaseline();
  } catch {
    return {};
  }
};
