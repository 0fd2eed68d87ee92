import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result, Results } from '../run-benchmarks.ts';
import { COMPARED, type Compared } from './compared-figures.ts';

const FILE = fileURLToPath(new URL('baseline.json', import.meta.url));

/** By benchmark and figure. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

const readBaseline = (): Baseline => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {});

/** Whether a change is compared by one of this benchmark's figures. */
export const inBaseline = (name: string): boolean => Object.hasOwn(COMPARED, name);

type Pair = { readonly was: number | undefined; readonly is: number | undefined };

const numberOf = (result: Result, figure: string): number | undefined => {
  const value = result[figure];
  return typeof value === 'number' ? value : undefined;
};

/** What is wrong, in words; `undefined` for nothing. */
const complaint = ({ was, is }: Pair, { tolerance, optional = false }: Compared): string | undefined => {
  if (is === undefined) return optional ? undefined : 'was not measured';
  if (was === undefined) return `is ${is}, and the baseline has nothing`;
  const within = Math.abs(is - was) <= Math.abs(was) * tolerance;
  return within ? undefined : `is ${is}, and the baseline has ${was} (tolerance ${tolerance * 100} %)`;
};

/**
 * A sentence for each figure that is beyond its tolerance, in either direction: what became cheaper is written down, too,
 * so that it cannot be lost again unseen. CPU time and the like are left out where the machine was not quiet.
 */
export const compareWithBaseline = (results: Results, baseline: Baseline = readBaseline()): readonly string[] => {
  const found = Object.entries(results).flatMap(([name, result]) =>
    Object.entries(COMPARED[name] ?? {})
      .filter(([, { kind }]) => kind === 'count' || result.quiet === true)
      .flatMap(([figure, how]) => {
        const said = complaint({ was: baseline[name]?.[figure], is: numberOf(result, figure) }, how);
        return said === undefined ? [] : [`${name}: ${figure} ${said}`];
      }),
  );
  return found.length === 0
    ? []
    : [...found, 'where that is meant: npm run bench -- --save-baseline, on a quiet machine'];
};

/** Figures that were not measured keep their old value. */
const kept = (name: string, result: Result, old: Baseline): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.keys(COMPARED[name] ?? {}).flatMap((figure): [string, number][] => {
      const value = numberOf(result, figure) ?? old[name]?.[figure];
      return value === undefined ? [] : [[figure, value]];
    }),
  );

/** Writes the figures that changes are compared by, in the place of older ones of the same benchmarks. */
export const saveBaseline = (results: Results): void => {
  const old = readBaseline();
  const fresh = Object.entries(results).filter(([name]) => inBaseline(name));
  const baseline = { ...old, ...Object.fromEntries(fresh.map(([name, result]) => [name, kept(name, result, old)])) };
  writeFileSync(FILE, `${JSON.stringify(baseline, null, 2)}\n`);
};
