import { OUTCOMES, SCRIPT_ACTIONS } from '@userferry/script-contract';
import {
  EGRESS_RULES,
  GRPC_CODES,
  HOST_DEATHS,
  HOST_STATES,
  LOGIN_OUTCOMES,
  LOGIN_REASONS,
  LOGIN_SOURCES,
  MIGRATION_RESULTS,
  STORE_OUTCOMES,
} from './label-values.ts';
import { counter, gauge, histogram, observedCounter } from './metric.ts';

/** From a call that only looks something up to one that waits for a slow legacy database. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WAIT_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
const HASH_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5];
const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const RPC = {
  rpc_service: { boundedBy: 'the services of `proto/`' },
  rpc_method: { boundedBy: 'their calls' },
} as const;

const STORE = {
  repository: { boundedBy: 'the repositories of `libs/user-store`' },
  call: { boundedBy: 'their functions' },
} as const;

const GATEWAY = {
  userferry_logins_total: counter(
    'Logins, by how they ended, who gave the answer, and why they failed. The ratio of `authenticated` and `rejected` to all is what users notice: whoever is `undecided` or `failed` could not work.',
    { outcome: LOGIN_OUTCOMES, source: LOGIN_SOURCES, reason: LOGIN_REASONS },
  ),
  userferry_login_seconds: histogram(
    'How long logins took. Rejections are held back on purpose (docs/rejection-timing.md).',
    { outcome: LOGIN_OUTCOMES, source: LOGIN_SOURCES },
    CALL_SECONDS,
  ),
  userferry_outbox_waiting: gauge('What calls left behind and the store has not got yet.', {
    outbox: ['script_runs', 'attempt_ends'],
  }),
  userferry_outbox_dropped_total: counter('What was dropped because the store did not take it.', {
    outbox: ['script_runs', 'attempt_ends'],
  }),
  userferry_http_requests_total: counter('HTTP requests to the gateway, by route and class of status.', {
    route: { boundedBy: 'the routes of the gateway; `none` for any other path' },
    status: ['1xx', '2xx', '3xx', '4xx', '5xx'],
  }),
  userferry_settings_lookups_total: counter('Whether the settings of a connection were in memory.', {
    result: ['hit', 'miss'],
  }),
  userferry_affinity_picks_total: counter(
    'Runs sent to the script-runner that is the home of their connection; to others while it is away, refuses the run or has several of the connection to do.',
    { replica: ['home', 'other'] },
  ),
} as const;

const RUNNER = {
  userferry_script_runs_total: counter('Script runs, by action and outcome.', {
    action: SCRIPT_ACTIONS,
    outcome: OUTCOMES,
  }),
  userferry_script_run_seconds: histogram(
    'How long script runs took, from their place in a host to their end.',
    { action: SCRIPT_ACTIONS },
    CALL_SECONDS,
  ),
  userferry_script_cpu_seconds_total: counter(
    'Processor time that scripts used, as their isolate hosts told. A run that was stopped at its deadline is in it; one whose host was killed under it, for its memory say, counts as 0.',
    { action: SCRIPT_ACTIONS },
  ),
  userferry_runner_refusals_total: counter(
    'Runs for which there was no isolate host: `overloaded` where a connection was past its own share, `runner_full` where the runner had too little.',
    { reason: ['overloaded', 'runner_full'] },
  ),
  userferry_run_queue_waiting: gauge('Runs that wait for an isolate host.', {}),
  userferry_run_queue_seconds: histogram('How long runs waited for an isolate host.', {}, WAIT_SECONDS),
  userferry_isolate_hosts: gauge('Isolate hosts, by what they do.', { state: HOST_STATES }),
  userferry_isolate_hosts_max: gauge('As many isolate hosts may be there at a time.', {}),
  userferry_isolate_hosts_resident_bytes: gauge('Resident memory of all isolate hosts together.', {}),
  userferry_isolate_host_starts_total: counter('Isolate hosts that were started.', {}),
  userferry_isolate_host_deaths_total: counter('Isolate hosts that ended, by why.', { cause: HOST_DEATHS }),
  userferry_egress_denials_total: counter(
    'Destinations that scripts were not let through to, by the rule; each once in a run.',
    { rule: EGRESS_RULES },
  ),
} as const;

const STORE_OWNER = {
  userferry_password_hashes_in_flight: gauge('Password hashes that are being worked on.', {}),
  userferry_password_hashes_waiting: gauge('Password hashes that wait for their turn.', {}),
  userferry_password_hash_wait_seconds: histogram('How long password hashes waited for their turn.', {}, WAIT_SECONDS),
  userferry_password_hash_seconds: histogram('How long password hashes took once it was their turn.', {}, HASH_SECONDS),
  userferry_password_hashes_ahead_total: counter(
    'Password hashes that were begun while a script was still asked about the password.',
    { result: ['used', 'unused'] },
  ),
  userferry_password_hashes_refused_total: counter('Callers who were told to come back: too many hashes waited.', {}),
  userferry_store_calls_total: counter('Calls of the store, by how they ended.', { ...STORE, outcome: STORE_OUTCOMES }),
  userferry_store_call_seconds: histogram(
    'How long calls of the store took, the wait for a connection included.',
    STORE,
    STORE_SECONDS,
  ),
  userferry_store_connections: gauge('Connections to the database.', { state: ['busy', 'idle'] }),
  userferry_store_connections_max: gauge('As many connections to the database may be open.', {}),
  userferry_store_waiting: gauge('Calls that wait for a connection to the database.', {}),
  userferry_store_up: gauge('1 when the database answered last time it was asked, else 0.', {}),
  userferry_migrations_total: counter('Steps of a user into our store, by how they ended.', {
    result: MIGRATION_RESULTS,
  }),
  userferry_users: gauge('Users in our store, by where they came from; counted every five minutes.', {
    state: ['migrated', 'local'],
  }),
  userferry_tombstones: gauge('Users who were deleted here and are not to come back; counted every five minutes.', {}),
  userferry_identifier_conflicts: gauge(
    'Conflicts that an administrator has to decide; counted every five minutes.',
    {},
  ),
} as const;

const PUBLIC_IP = {
  userferry_public_ips: gauge('Addresses on the list of public IPs, by state and region.', {
    state: ['pinned', 'observed', 'draining'],
    region: { boundedBy: 'the regions of the deployment; `*` for all of them' },
  }),
  userferry_public_ips_unpinned: gauge('Addresses in use that `PUBLIC_IPS` does not have: firewalls refuse them.', {}),
  userferry_public_ip_changes_total: counter('Changes of the list of public IPs.', { change: ['added', 'removed'] }),
} as const;

const EVERY = {
  userferry_grpc_server_calls_total: counter('Calls that a service answered, by the code that the caller got.', {
    ...RPC,
    code: GRPC_CODES,
  }),
  userferry_grpc_server_call_seconds: histogram('How long those calls took; streams are left out.', RPC, CALL_SECONDS),
  userferry_grpc_client_calls_total: counter('Calls that a service made to another, by the code that it got.', {
    ...RPC,
    code: GRPC_CODES,
  }),
  userferry_grpc_client_call_seconds: histogram(
    'How long those calls took, repeats included; streams are left out.',
    RPC,
    CALL_SECONDS,
  ),
  userferry_certificate_ends_seconds: gauge(
    'When the certificate of this service ends, in seconds since 1970; there with TLS only.',
    {},
  ),
  userferry_certificate_files_fine: gauge(
    '1 while the files of TLS can be used and were renewed in time, else 0; there with TLS only.',
    {},
  ),
  userferry_peers_refused_total: counter('Calls that were refused for the certificate of their caller, or for none.', {
    reason: ['PEER_UNKNOWN', 'PEER_NOT_ALLOWED'],
  }),
  userferry_trace_spans_total: counter('Spans, by what became of them.', { outcome: ['sent', 'failed', 'dropped'] }),
  userferry_build_info: gauge('1; which version runs, and on what.', {
    service: { boundedBy: 'the four services' },
    version: { boundedBy: 'one in a process' },
    node: { boundedBy: 'one in a process' },
  }),
  userferry_event_loop_delay_seconds: gauge('By how much timers came late since they were last read.', {
    percentile: ['50', '99', '100'],
  }),
  process_cpu_seconds_total: observedCounter('Processor time of this process.', {}),
  process_resident_memory_bytes: gauge('Resident memory of this process.', {}),
  process_heap_used_bytes: gauge('Of it, what JavaScript objects take.', {}),
  process_open_fds: gauge('Open file descriptors of this process (Linux).', {}),
  process_max_fds: gauge('As many file descriptors may this process have open (Linux).', {}),
  process_start_time_seconds: gauge('When this process started, in seconds since 1970.', {}),
} as const;

/**
 * Every metric that a service of ours has, by its name: the one place. `docs/metrics.md` is generated from it. No label
 * holds a user pool, a user, a host or anything else that grows with use or names somebody.
 */
export const METRICS = { ...GATEWAY, ...RUNNER, ...STORE_OWNER, ...PUBLIC_IP, ...EVERY } as const;

export type MetricName = keyof typeof METRICS;

/** Beside these a service has those that every one has. */
export const METRICS_OF_SERVICE: Readonly<Record<string, object>> = {
  'identity-gateway': GATEWAY,
  'script-runner': RUNNER,
  'migration-service': STORE_OWNER,
  'public-ip-service': PUBLIC_IP,
};

export const METRICS_OF_EVERY_SERVICE: object = EVERY;

/** The metrics of a service by its name; of any other process, all of them. */
export const metricsOf = (service: string): readonly MetricName[] => {
  const own = METRICS_OF_SERVICE[service];
  return Object.keys(own === undefined ? METRICS : { ...own, ...EVERY }) as MetricName[];
};
