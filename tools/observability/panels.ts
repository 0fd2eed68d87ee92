/** A curve or number of a panel: what is asked of Prometheus, and how it is called. */
export type Query = { readonly expr: string; readonly legend: string };

export type PanelKind = 'timeseries' | 'stat';

/** A panel as it is thought of; Grafana's own form follows from it. */
export type Panel = {
  readonly title: string;
  readonly help: string;
  readonly unit: 'reqps' | 's' | 'short' | 'percentunit' | 'bytes' | 'ops';
  readonly kind?: PanelKind;
  readonly stacked?: boolean;
  readonly queries: readonly Query[];
};

export type Row = { readonly title: string; readonly panels: readonly Panel[] };

const INTERVAL = '$__rate_interval';

const rate = (series: string, by: string): string => `sum by (${by}) (rate(${series}[${INTERVAL}]))`;

const rates = (title: string, help: string, series: string, by: string): Panel => ({
  title,
  help,
  unit: 'reqps',
  stacked: true,
  queries: [
    {
      expr: rate(series, by),
      legend: by
        .split(', ')
        .map((label) => `{{${label}}}`)
        .join(' '),
    },
  ],
});

const quantile = (q: number, histogram: string, by = ''): Query => ({
  expr: `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${histogram}_bucket[${INTERVAL}])))`,
  legend:
    by === ''
      ? `p${q * 100}`
      : `p${q * 100} ${by
          .split(', ')
          .map((label) => `{{${label}}}`)
          .join(' ')}`,
});

const times = (title: string, help: string, ...queries: readonly Query[]): Panel => ({
  title,
  help,
  unit: 's',
  queries,
});

const shown = (title: string, help: string, unit: Panel['unit'], ...queries: readonly Query[]): Panel => ({
  title,
  help,
  unit,
  queries,
});

const LOGINS: Row = {
  title: 'Logins',
  panels: [
    {
      title: 'Came to a word',
      help: 'Logins that were proven or rejected, of all. The rest could not work.',
      unit: 'percentunit',
      kind: 'stat',
      queries: [
        {
          expr: `sum(rate(userferry_logins_total{outcome=~"authenticated|rejected"}[${INTERVAL}])) / sum(rate(userferry_logins_total[${INTERVAL}]))`,
          legend: 'decided',
        },
      ],
    },
    rates('Logins by outcome', 'Who answered is told beside.', 'userferry_logins_total', 'outcome, source'),
    rates(
      'Not decided, by reason',
      'An outage is never a wrong password: it is here.',
      'userferry_logins_total{outcome=~"undecided|failed"}',
      'reason',
    ),
    times(
      'How long logins take',
      'Proven ones; rejections are held back on purpose.',
      quantile(0.5, 'userferry_login_seconds', 'source'),
      quantile(0.95, 'userferry_login_seconds', 'source'),
      quantile(0.99, 'userferry_login_seconds', 'source'),
    ),
  ],
};

const RUNS: Row = {
  title: 'Script runs',
  panels: [
    rates(
      'Runs by outcome',
      'store_unreachable and timed_out speak of a legacy user store.',
      'userferry_script_runs_total',
      'outcome',
    ),
    rates('Runs by action', 'Most are logins.', 'userferry_script_runs_total', 'action'),
    times(
      'How long runs take',
      'In their host, without the wait for it.',
      quantile(0.95, 'userferry_script_run_seconds', 'action'),
    ),
    times(
      'Wait for a host',
      'Above a second users feel it.',
      quantile(0.5, 'userferry_run_queue_seconds'),
      quantile(0.95, 'userferry_run_queue_seconds'),
    ),
    shown(
      'Waiting and refused',
      'runner_full is our lack of room; overloaded is a connection past its own share.',
      'short',
      { expr: 'sum by (instance) (userferry_run_queue_waiting)', legend: 'waiting {{instance}}' },
      { expr: rate('userferry_runner_refusals_total', 'reason'), legend: 'refused a second: {{reason}}' },
    ),
    shown('Processors used by scripts', 'In processors.', 'short', {
      expr: rate('userferry_script_cpu_seconds_total', 'action'),
      legend: '{{action}}',
    }),
  ],
};

const HOSTS: Row = {
  title: 'Isolate hosts and egress',
  panels: [
    {
      ...shown('Hosts by state', 'Blank ones are ready for whoever comes next.', 'short', {
        expr: 'sum by (state) (userferry_isolate_hosts)',
        legend: '{{state}}',
      }),
      stacked: true,
    },
    rates(
      'Ends by cause',
      'idle, replaced and closed are the ordinary way of things.',
      'userferry_isolate_host_deaths_total',
      'cause',
    ),
    shown('Memory of all hosts', 'Resident, together, per runner.', 'bytes', {
      expr: 'sum by (instance) (userferry_isolate_hosts_resident_bytes)',
      legend: '{{instance}}',
    }),
    rates(
      'Egress denials by rule',
      'metadata_service and own_service are an alarm.',
      'userferry_egress_denials_total',
      'rule',
    ),
  ],
};

const STORE: Row = {
  title: 'Store and passwords',
  panels: [
    times('How long the store takes', 'The ten slowest calls.', {
      ...quantile(0.95, 'userferry_store_call_seconds', 'repository, call'),
      expr: `topk(10, ${quantile(0.95, 'userferry_store_call_seconds', 'repository, call').expr})`,
    }),
    rates(
      'Calls of the store by how they end',
      'unavailable is an outage, failed a fault of ours.',
      'userferry_store_calls_total',
      'outcome',
    ),
    shown(
      'Connections to the database',
      'Whoever waits finds all of them busy.',
      'short',
      { expr: 'sum by (state) (userferry_store_connections)', legend: '{{state}}' },
      { expr: 'sum(userferry_store_waiting)', legend: 'waiting for one' },
      { expr: 'sum(userferry_store_connections_max)', legend: 'at the most' },
    ),
    times(
      'Password hashes',
      'The work is the same for each; the wait says whether there are processors enough.',
      quantile(0.95, 'userferry_password_hash_wait_seconds'),
      { ...quantile(0.95, 'userferry_password_hash_seconds'), legend: 'p95 work' },
    ),
    shown(
      'Hashes at a time',
      'And those that were refused, a second.',
      'short',
      { expr: 'sum(userferry_password_hashes_in_flight)', legend: 'in work' },
      { expr: 'sum(userferry_password_hashes_waiting)', legend: 'waiting' },
      { expr: `sum(rate(userferry_password_hashes_refused_total[${INTERVAL}]))`, legend: 'refused a second' },
    ),
    shown(
      'Left behind for the store',
      'Ends of attempts and runs of the log history that wait; dropped ones are lost.',
      'short',
      { expr: 'sum by (outbox) (userferry_outbox_waiting)', legend: '{{outbox}}' },
      { expr: rate('userferry_outbox_dropped_total', 'outbox'), legend: 'dropped a second: {{outbox}}' },
    ),
  ],
};

const MIGRATION: Row = {
  title: 'Migration and public IPs',
  panels: [
    shown('Users here', 'Each replica counts the same rows.', 'short', {
      expr: 'max by (state) (userferry_users)',
      legend: '{{state}}',
    }),
    rates('Steps into our store', 'conflict waits for an administrator.', 'userferry_migrations_total', 'result'),
    shown(
      'Waiting for an administrator',
      'Conflicts; and tombstones, which only an administrator lifts.',
      'short',
      { expr: 'max(userferry_identifier_conflicts)', legend: 'conflicts' },
      { expr: 'max(userferry_tombstones)', legend: 'tombstones' },
    ),
    shown(
      'Public IPs',
      'An address that is not pinned is refused by firewalls.',
      'short',
      { expr: 'max by (state, region) (userferry_public_ips)', legend: '{{state}} {{region}}' },
      { expr: 'max(userferry_public_ips_unpinned)', legend: 'not pinned' },
      { expr: `sum by (change) (increase(userferry_public_ip_changes_total[${INTERVAL}]))`, legend: '{{change}}' },
    ),
  ],
};

const PROCESSES: Row = {
  title: 'Calls and processes',
  panels: [
    rates(
      'Answers that are not OK',
      'By service and code.',
      'userferry_grpc_server_calls_total{code!="OK"}',
      'rpc_service, code',
    ),
    times('How long calls take', 'The ten slowest.', {
      expr: `topk(10, ${quantile(0.95, 'userferry_grpc_server_call_seconds', 'rpc_method').expr})`,
      legend: '{{rpc_method}}',
    }),
    rates('HTTP requests', 'To the gateway, by status.', 'userferry_http_requests_total', 'route, status'),
    rates(
      'Calls to other services that failed',
      'As their caller sees it.',
      'userferry_grpc_client_calls_total{code!="OK"}',
      'rpc_method, code',
    ),
    shown('Event loop delay', 'p99; above a tenth of a second a service has too much to do.', 's', {
      expr: 'max by (job, instance) (userferry_event_loop_delay_seconds{percentile="99"})',
      legend: '{{job}} {{instance}}',
    }),
    shown('Memory', 'Resident.', 'bytes', {
      expr: 'process_resident_memory_bytes{job=~"userferry.*"}',
      legend: '{{job}} {{instance}}',
    }),
    shown('Processors', 'Isolate hosts are processes of their own and not in it.', 'short', {
      expr: `rate(process_cpu_seconds_total{job=~"userferry.*"}[${INTERVAL}])`,
      legend: '{{job}} {{instance}}',
    }),
    shown('Certificates', 'Until they end, below 0 since then; services with TLS.', 's', {
      expr: 'userferry_certificate_ends_seconds - time()',
      legend: '{{job}} {{instance}}',
    }),
    rates('Peers refused', 'For their certificate, or for none.', 'userferry_peers_refused_total', 'job, reason'),
    rates('Spans', 'dropped: the collector is too slow or away.', 'userferry_trace_spans_total', 'outcome'),
    shown('Versions', 'Two of one service are a rollout.', 'short', {
      expr: 'count by (service, version) (userferry_build_info)',
      legend: '{{service}} {{version}}',
    }),
  ],
};

export const ROWS: readonly Row[] = [LOGINS, RUNS, HOSTS, STORE, MIGRATION, PROCESSES];
