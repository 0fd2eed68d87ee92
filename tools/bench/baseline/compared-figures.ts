/** What a change is compared by: how far a figure may be from the baseline's, as a share of it, and when it says something. */
export type Compared = {
  readonly tolerance: number;
  /** `quiet`: says something only when nobody else ran, as CPU time does. A count is the same on every machine. */
  readonly kind: 'count' | 'quiet';
  /** Not every machine can count it. */
  readonly optional?: boolean;
};

const exact: Compared = { tolerance: 0, kind: 'count' };
/** How the network cuts what it brings may make one batch of events into two. */
const crossings: Compared = { tolerance: 0.1, kind: 'count' };
/** Those of timers are more in a login that takes longer. */
const systemCalls: Compared = { tolerance: 0.15, kind: 'quiet', optional: true };
/** What is written of runs goes in portions of 100 ms: one may be that of two logins. */
const withPortions: Compared = { tolerance: 0.34, kind: 'count' };
const cpu: Compared = { tolerance: 0.25, kind: 'quiet' };

/** By benchmark and figure. */
export const COMPARED: Readonly<Record<string, Readonly<Record<string, Compared>>>> = {
  login_counts: {
    warm_login_crossings: crossings,
    warm_login_legacy_messages: exact,
    warm_login_legacy_connections: exact,
    warm_login_system_calls: systemCalls,
    warm_login_no_reuse_crossings: crossings,
    warm_login_no_reuse_legacy_messages: exact,
    warm_login_no_reuse_legacy_connections: exact,
    first_login_store_statements: withPortions,
    first_login_store_messages: withPortions,
    first_login_calls_between_services: withPortions,
    second_login_store_statements: exact,
    second_login_store_messages: exact,
    second_login_calls_between_services: exact,
  },
  login_pg_warm: { cpu_ratio: cpu },
  login_pg_no_reuse: { cpu_ratio: cpu },
  login_mysql_warm: { cpu_ratio: cpu },
};
