/** What a change is compared by: how far a figure may be from the baseline's, as a share of it, and when it says something. */
export type Compared = {
  readonly tolerance: number;
  /** CPU time says something only when nobody else ran; a count says the same on every machine. */
  readonly kind: 'count' | 'cpu';
};

const cpu: Compared = { tolerance: 0.25, kind: 'cpu' };

/** By benchmark and figure. */
export const COMPARED: Readonly<Record<string, Readonly<Record<string, Compared>>>> = {
  login_pg_warm: { cpu_ratio: cpu },
  login_pg_no_reuse: { cpu_ratio: cpu },
  login_mysql_warm: { cpu_ratio: cpu },
};
