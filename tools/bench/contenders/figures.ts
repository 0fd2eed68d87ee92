import type { Figures } from '../compare-logins.ts';
import { type Interval, interval95, quantile, ratioInterval, rounded } from '../statistics.ts';
import type { ContenderName } from './contender-names.ts';

type Round = { readonly logins: number; readonly ms: number; readonly cpuMs: number };

/** What was measured of one contender. */
export type Measured = {
  readonly name: ContenderName;
  /** Of single logins, one a round. */
  readonly timesMs: number[];
  /** Of many at a time. */
  readonly rounds: Round[];
  peakPssMb: number;
};

const sumOf = (rounds: readonly (Round | undefined)[], field: keyof Round): number =>
  rounds.reduce((total, round) => total + (round?.[field] ?? 0), 0);

const cpuOf = (rounds: readonly (Round | undefined)[]): number => sumOf(rounds, 'cpuMs') / sumOf(rounds, 'logins');
const perSecond = (rounds: readonly (Round | undefined)[]): number =>
  (sumOf(rounds, 'logins') / sumOf(rounds, 'ms')) * 1000;

const withInterval = (name: string, value: number, { low, high }: Interval): Figures => ({
  [`${name}_ratio`]: rounded(value),
  [`${name}_ratio_low`]: low,
  [`${name}_ratio_high`]: high,
});

/** All figures ÷ plain Node's, with 95 % intervals, and what plain Node and each of them had. */
export const figuresOf = (all: readonly Measured[]): Figures => {
  const [plain, ...others] = all;
  if (plain === undefined) throw new Error('nobody was measured');
  return Object.assign({}, ...all.map(absolute), ...others.map((other) => ratios(other, plain)));
};

const absolute = ({ name, timesMs, rounds, peakPssMb }: Measured): Figures => ({
  [`${name}_p50_ms`]: rounded(quantile(timesMs, 0.5)),
  [`${name}_p95_ms`]: rounded(quantile(timesMs, 0.95)),
  [`${name}_p99_ms`]: rounded(quantile(timesMs, 0.99)),
  [`${name}_cpu_ms`]: rounded(cpuOf(rounds)),
  [`${name}_per_second`]: rounded(perSecond(rounds)),
  [`${name}_peak_pss_mb`]: rounded(peakPssMb),
});

const ratios = (one: Measured, plain: Measured): Figures => {
  const { name } = one;
  const latency = ([50, 95, 99] as const).map((percent) => {
    const value = quantile(one.timesMs, percent / 100) / quantile(plain.timesMs, percent / 100);
    const interval = ratioInterval(one.timesMs, plain.timesMs, percent / 100);
    return withInterval(`${name}_latency_p${percent}`, value, interval);
  });
  const byRounds = (figure: string, compute: (rounds: readonly (Round | undefined)[]) => number): Figures => {
    const at = (rounds: readonly Round[], places: readonly number[]) => compute(places.map((place) => rounds[place]));
    const interval = interval95(plain.rounds.length, (places) => at(one.rounds, places) / at(plain.rounds, places));
    return withInterval(`${name}_${figure}`, compute(one.rounds) / compute(plain.rounds), interval);
  };
  return Object.assign({}, ...latency, byRounds('cpu', cpuOf), byRounds('throughput', perSecond), {
    [`${name}_peak_pss_ratio`]: rounded(one.peakPssMb / plain.peakPssMb),
  });
};
