import type { Figures } from './compare-logins.ts';
import { CONTENDERS } from './contenders/contender-names.ts';

const COMPARED = [
  'latency_p50_ratio',
  'latency_p50_ratio_low',
  'latency_p50_ratio_high',
  'latency_p95_ratio',
  'latency_p99_ratio',
  'cpu_ratio',
  'throughput_ratio',
  'sandbox_p50_ms',
  'plain_p50_ms',
  'sandbox_cpu_ms',
  'plain_cpu_ms',
];

const CALLS = ['second_login', 'first_login', 'history'];
const grown = (axes: readonly string[]): readonly string[] =>
  axes.flatMap((axis) => CALLS.flatMap((call) => [`${axis}_${call}_cpu_ms`, `${axis}_${call}_cpu_ratio`]));

const contended = CONTENDERS.flatMap((name) => [
  ...['p50_ms', 'p95_ms', 'p99_ms', 'cpu_ms', 'per_second', 'peak_pss_mb'].map((figure) => `${name}_${figure}`),
  ...(name === 'plain_node'
    ? []
    : ['latency_p50', 'latency_p95', 'latency_p99', 'cpu', 'throughput'].flatMap((figure) =>
        ['ratio', 'ratio_low', 'ratio_high'].map((end) => `${name}_${figure}_${end}`),
      )),
  ...(name === 'plain_node' ? [] : [`${name}_peak_pss_ratio`]),
]);

const SERVICES = ['identity_gateway', 'script_runner', 'migration_service', 'public_ip_service'];

/** By benchmark, the figures that it brings in either form: one that is not there, or is no number, is a failure. */
export const PROMISED: Readonly<Record<string, readonly string[]>> = {
  login_pg_warm: COMPARED,
  login_pg_warm_cost_10: COMPARED,
  login_pg_no_reuse: COMPARED,
  login_pg_kept_vs_plain_kept: COMPARED,
  login_pg_per_run: COMPARED,
  login_mysql_warm: COMPARED,
  login_mysql_no_reuse: COMPARED,
  login_pg_tls_warm: COMPARED,
  login_pg_tls_no_reuse: COMPARED,
  login_mysql_tls_warm: COMPARED,
  login_mysql_tls_no_reuse: COMPARED,
  login_http_warm: COMPARED,
  login_http_no_reuse: COMPARED,
  login_mongodb_warm: COMPARED,
  login_mongodb_no_reuse: COMPARED,
  login_mssql_warm: COMPARED,
  login_mssql_no_reuse: COMPARED,
  contenders: contended,
  local_login: ['throughput_ratio', 'latency_p50_ratio', 'latency_p95_ratio', 'not_hashing_cpu_ms'],
  first_login: ['first_login_overhead_ms', 'first_login_overhead_p95_ms', 'login_p50_ms', 'run_p50_ms', 'hash_p50_ms'],
  cold_connection: ['cold_connection_ms', 'cold_connection_p50_ms', 'cold_process_ms', 'cold_process_p50_ms'],
  many_connections: [
    'warm_p50_ratio',
    'warm_p99_ratio',
    'warm_p99_ratio_low',
    'warm_p99_ratio_high',
    'others_p50_ms',
    'others_p95_ms',
    'held_mb',
    'runs',
    'refused',
    'cold_share',
  ],
  many_runners: [
    ...['latency_p50_ratio', 'latency_p50_ratio_low', 'latency_p50_ratio_high', 'latency_p95_ratio'],
    ...['held_ratio', 'hosts_started_ratio', 'home_held_mb', 'turns_held_mb'],
    'refused',
  ],
  rejection_timing: ['unknown', 'migrated', 'tombstoned'].flatMap((kind) => [
    `${kind}_p50_ratio`,
    `${kind}_p95_ratio`,
    `${kind}_distance`,
  ]),
  isolate_memory: ['pg_isolate_mb', 'mongodb_isolate_mb'],
  script_memory: ['watchdog_quiet_mb', 'watchdog_peak_mb', 'watchdog_peak_ratio'],
  neighbours: ['p50_ratio', 'p95_ratio', 'p99_ratio', 'attacks', 'supervisor_lag_p99_ms'],
  login_cost: [
    ...['first', 'second'].flatMap((phase) => [...SERVICES, 'store'].map((name) => `${phase}_${name}_cpu_ms`)),
    'hash_cost_10_cpu_ms',
    'hash_cost_12_cpu_ms',
    'warm_host_pss_mb',
  ],
  login_counts: [
    ...['warm_login', 'warm_login_no_reuse'].flatMap((name) =>
      ['crossings', 'legacy_messages', 'legacy_connections'].map((count) => `${name}_${count}`),
    ),
    ...['first_login', 'second_login'].flatMap((name) =>
      ['store_statements', 'store_messages', 'calls_between_services'].map((count) => `${name}_${count}`),
    ),
  ],
  working_day: [
    'logins',
    'answered_share',
    'healthy_answered_share',
    'troubled_answered_share',
    'unanswered',
    'users_lost',
    'healthy_p50_ms',
    'healthy_p99_ms',
    'healthy_while_others_fail_p99_ms',
    'healthy_while_all_is_well_p99_ms',
  ],
  growth: grown(['script_versions', 'connections', 'past_logins', 'users', 'logins_at_a_time']),
  growth_10m: grown(['users']),
};

/** The promised figures that are not there or are no numbers. */
export const missingFigures = (name: string, figures: Figures): readonly string[] =>
  (PROMISED[name] ?? []).filter((figure) => !Number.isFinite(figures[figure]));
