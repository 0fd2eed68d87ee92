import { CONTENDERS, type ContenderName } from '../contenders/contender-names.ts';
import type { Result, Results } from '../run-benchmarks.ts';
import { judge, type Verdict } from './goals.ts';

const LABELS: Readonly<Record<ContenderName, string>> = {
  plain_node: 'plain Node',
  fork_per_run: '`child_process.fork` for each run',
  worker_per_run: '`worker_threads` for each run',
  isolate_per_run: 'a fresh isolate for each run',
  workerd: 'workerd, `nodejs_compat`',
  userferry: 'Userferry (connections reused)',
  userferry_no_reuse: 'Userferry, no reuse',
  userferry_per_run: 'Userferry, `isolation: per_run`',
};

/** The name of a contender, without marks. */
export const labelOf = (name: ContenderName): string => LABELS[name].replaceAll('`', '');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Two digits that count. */
const short = (value: unknown): string => {
  if (typeof value !== 'number') return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(value < 10 ? 2 : 3)));
};

const demand = ({ goal: { atMost, atLeast, unit } }: Verdict): string =>
  atMost === undefined ? `≥ ${atLeast}${unit}` : `≤ ${atMost}${unit}`;

const verdictWord = ({ met }: Verdict): string => (met === 'not met' ? '**not met**' : met);

const withInterval = (value: string, low: unknown, high: unknown): string =>
  `${value} (${short(low)} to ${short(high)})`;

const measured = ({ goal: { unit }, value, interval }: Verdict): string => {
  if (value === undefined) return '–';
  const plain = `${short(value)}${unit}`;
  return interval === undefined ? plain : withInterval(plain, interval.low, interval.high);
};

const goals = (results: Results): string =>
  table(
    ['what', 'goal', 'measured', '', 'figure'],
    judge(results).map((verdict) => [
      verdict.goal.what,
      demand(verdict),
      measured(verdict),
      verdictWord(verdict),
      `\`${verdict.goal.benchmark}\` \`${verdict.goal.figure}\``,
    ]),
  );

const contenders = (result: Result): string =>
  table(
    ['', 'p50 ms', 'p95 ms', 'p99 ms', 'p50 × (95 % interval)', 'CPU ms', 'CPU ×', 'logins a second', '×', 'peak MB'],
    CONTENDERS.map((name) => {
      const of = (figure: string): string => short(result[`${name}_${figure}`]);
      const p50 = `${name}_latency_p50_ratio`;
      const interval = withInterval(short(result[p50]), result[`${p50}_low`], result[`${p50}_high`]);
      const isPlain = name === 'plain_node';
      return [
        LABELS[name],
        ...['p50_ms', 'p95_ms', 'p99_ms'].map(of),
        isPlain ? '1' : interval,
        of('cpu_ms'),
        isPlain ? '1' : of('cpu_ratio'),
        of('per_second'),
        isPlain ? '1' : of('throughput_ratio'),
        of('peak_pss_mb'),
      ];
    }),
  );

const day = (result: Result): string => {
  const reasons = Object.entries(result).filter(([figure]) => /^(undecided|error|none)_/.test(figure));
  const why = reasons.map(([figure, count]) => `${count} \`${figure}\``).join(', ') || 'none';
  const share = (figure: string) => `${short(Number(result[figure]) * 100)} %`;
  return table(
    ['', ''],
    [
      ['logins', String(result.logins)],
      ['answered (yes or no)', share('answered_share')],
      ['… of companies whose databases are well', share('healthy_answered_share')],
      ['… of companies whose databases fail for a while', share('troubled_answered_share')],
      ['not decided, by reason', why],
      ['without any answer', String(result.unanswered)],
      ['users who were told they had been stored, and were not', String(result.users_lost)],
      [
        'p50 and p99 of healthy companies, all well',
        `${short(result.healthy_while_all_is_well_p50_ms)} and ${short(result.healthy_while_all_is_well_p99_ms)} ms`,
      ],
      [
        '… while the databases of others fail',
        `${short(result.healthy_while_others_fail_p50_ms)} and ${short(result.healthy_while_others_fail_p99_ms)} ms`,
      ],
    ],
  );
};

const counts = (result: Result): string =>
  table(
    ['of one login', ''],
    Object.entries(result)
      .filter(([, value]) => typeof value === 'number')
      .map(([figure, value]) => [figure.replaceAll('_', ' '), String(value)]),
  );

const runs = (benchmarks: Results): string =>
  table(
    ['benchmark', 'day', 'machine', 'quiet', 'because'],
    Object.entries(benchmarks).map(([name, { day: when, machine, quiet, quiet_reason }]) => [
      `\`${name}\``,
      String(when),
      String(machine ?? 'not noted'),
      quiet ? 'yes' : 'no',
      String(quiet_reason),
    ]),
  );

const section = (result: Result | undefined, write: (result: Result) => string, charts: readonly string[]): string =>
  result === undefined
    ? 'Not measured yet.'
    : [write(result), ...charts.map((chart) => `![${chart.replaceAll('-', ' ')}](charts/${chart}.svg)`)].join('\n\n');

/** docs/benchmarks.md, of what was saved. */
export const benchmarksPage = (results: Results): string => {
  const { contenders: compared, working_day: worked, login_counts: counted } = results;
  return `# Benchmarks

Written by \`npm run generate\` out of \`tools/bench/report/results.json\`, which \`npm run bench -- --save\` writes; nothing
here is typed by hand. Databases, services and what asks them share one machine.

## Goals

${goals(results)}

× is ÷ plain Node with the same script file and database, measured in turn in the same run. In brackets is the 95 % interval:
where a goal lies within it, another run could say otherwise.

## What people would use instead

The same login script (published style: connect, one query, \`bcrypt.compare\`, end) on the same PostgreSQL, by each of them:

${section(compared, contenders, ['contenders-latency', 'contenders-cost'])}

- Latency: one login at a time, each contender once a round, in an order that changes; throughput and CPU at 16 at a time, in
  rounds as well. CPU is the kernel's count of the contender's process with all that it starts, ended ones included. Memory is
  the most that these hold together (PSS) under that load.
- *A fresh isolate* is our own guest runtime with a script that is new every time: a bare isolated-vm has no sockets, and
  no driver runs in it.
- *workerd* takes \`bcryptjs\` for \`bcrypt\`, which is native code; its isolate stays between requests, and the call over HTTP
  that brings it its login counts. It may open connections to 127.0.0.1 and nothing else.
- Plain Node, fork and threads wall nothing off: the script has our process, our files and our network. In workerd and here
  it has not. Ours runs from its TypeScript sources, which adds some MB to its memory; the others are plain JavaScript.

## A working day

Three minutes over the JSON API, at bcrypt cost 10. Logins arrive at a fixed rate, whatever becomes of those before them
(open-loop, by [loadtest](https://github.com/alexfernandez/loadtest)), a few companies having most of them. In the middle of
the morning peak the databases of three companies become slow, silent and unreachable; in the afternoon they are well again.

${section(worked, day, ['working-day'])}

\`loadtest\` because it is alive, sends at a rate without waiting for answers, and is 8 MB with what it needs; Artillery, which
does that as well, is 460 MB. autocannon, wrk and hey wait for answers, and so go easy on whoever is slow. k6, vegeta
and ghz come from no registry that this project installs from.

## What can be counted

Crossings of the isolate's boundary, messages to the legacy database, statements and messages to our store, calls between
services. CI holds them against \`tools/bench/baseline/baseline.json\`; system calls are compared on a quiet machine alone.

${section(counted, counts, [])}

## Growth

[scaling.md](scaling.md#growth) has the charts of what grows.

## When it was measured

${runs(results)}

A machine is quiet where others had at most a tenth of a processor's time before and meanwhile, a fiftieth at most was stolen,
and the same work took the same time to 15 %. Counts (\`login_counts\`) are the same on a busy one.

## How to measure

[CONTRIBUTING.md](../CONTRIBUTING.md#benchmarks).
`;
};
