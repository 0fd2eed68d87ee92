import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareWithBaseline } from './baseline.ts';
import { COMPARED } from './compared-figures.ts';

const baseline = {
  login_counts: { second_login_store_statements: 3, warm_login_crossings: 12, warm_login_system_calls: 160 },
  login_pg_warm: { cpu_ratio: 0.5 },
};
const same = { ...baseline.login_counts };

/** What is said of the figures that are given; all others of the benchmark are missing. */
const said = (name: string, result: Readonly<Record<string, number | boolean>>) =>
  compareWithBaseline({ [name]: result }, baseline).filter((line) => !line.includes('was not measured'));

describe('a change is compared with the baseline', () => {
  it('by counts, exactly, cheaper ones too', () => {
    expect(said('login_counts', same).filter((line) => line.includes('statements'))).toEqual([]);
    for (const second_login_store_statements of [2, 4])
      expect(said('login_counts', { ...same, second_login_store_statements })[0]).toContain(
        `second_login_store_statements is ${second_login_store_statements}, and the baseline has 3`,
      );
  });

  it('by counts that vary a little, within their tolerance', () => {
    expect(said('login_counts', { ...same, warm_login_crossings: 13 })).toEqual(
      expect.not.arrayContaining([expect.stringContaining('crossings is')]),
    );
    expect(said('login_counts', { ...same, warm_login_crossings: 14 })[0]).toContain('warm_login_crossings is 14');
  });

  it('by CPU time only where the machine was quiet', () => {
    expect(said('login_pg_warm', { quiet: true, cpu_ratio: 0.7 })[0]).toContain('cpu_ratio is 0.7');
    expect(said('login_pg_warm', { quiet: false, cpu_ratio: 0.7 })).toEqual([]);
  });

  it('and fails for a figure that was not measured, unless this machine cannot', () => {
    const { warm_login_system_calls: _, ...rest } = same;
    const { second_login_store_statements: __, ...less } = same;
    const missing = (result: Readonly<Record<string, number>>, figure: string) =>
      compareWithBaseline({ login_counts: { quiet: true, ...result } }, baseline).filter((line) =>
        line.includes(`${figure} was not`),
      );
    expect(missing(rest, 'warm_login_system_calls')).toEqual([]);
    expect(missing(less, 'second_login_store_statements')).toHaveLength(1);
  });

  it('and the baseline has every count', () => {
    const stored = JSON.parse(readFileSync(new URL('baseline.json', import.meta.url), 'utf8'));
    const counts = Object.entries(COMPARED.login_counts ?? {}).filter(([, { optional }]) => !optional);
    for (const [figure] of counts) expect([figure, stored.login_counts[figure]]).toEqual([figure, expect.any(Number)]);
  });
});
