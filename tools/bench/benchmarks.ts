import { coldConnection } from './cold-connection.ts';
import type { Effort, Figures } from './compare-logins.ts';
import { contenders } from './contenders/contenders.ts';
import { loginCounts } from './counts/login-counts.ts';
import { firstLogin } from './first-login.ts';
import { growth } from './growth.ts';
import { isolateMemory } from './isolate-memory.ts';
import { localLogin } from './local-login.ts';
import { loginCost } from './login-cost.ts';
import { loginMysql, loginPg } from './login-in-sandbox.ts';
import { loginOnDouble } from './login-on-double.ts';
import { manyConnections } from './many-connections.ts';
import { manyRunners } from './many-runners.ts';
import { neighbours } from './neighbours.ts';
import { rejectionTiming } from './rejection-timing.ts';
import { scriptMemory } from './script-memory.ts';
import { workingDay } from './working-day/working-day.ts';

/** Every benchmark by the name under which its figures are kept; what each of them has to bring: `promised-figures.ts`. */
export const BENCHMARKS: Readonly<Record<string, (effort: Effort) => Promise<Figures>>> = {
  login_pg_warm: (effort) => loginPg({}, effort),
  login_pg_warm_cost_10: (effort) => loginPg({ bcryptCost: 10 }, effort),
  login_pg_no_reuse: (effort) => loginPg({ reuse: false }, effort),
  login_pg_kept_vs_plain_kept: (effort) => loginPg({ plainKeeps: true }, effort),
  login_pg_per_run: (effort) => loginPg({ isolation: 'per_run' }, effort),
  login_mysql_warm: (effort) => loginMysql({}, effort),
  login_mysql_no_reuse: (effort) => loginMysql({ reuse: false }, effort),
  login_pg_tls_warm: (effort) => loginPg({ tls: true }, effort),
  login_pg_tls_no_reuse: (effort) => loginPg({ tls: true, reuse: false }, effort),
  login_mysql_tls_warm: (effort) => loginMysql({ tls: true }, effort),
  login_mysql_tls_no_reuse: (effort) => loginMysql({ tls: true, reuse: false }, effort),
  login_http_warm: (effort) => loginOnDouble('http', true, effort),
  login_http_no_reuse: (effort) => loginOnDouble('http', false, effort),
  login_mongodb_warm: (effort) => loginOnDouble('mongodb', true, effort),
  login_mongodb_no_reuse: (effort) => loginOnDouble('mongodb', false, effort),
  login_mssql_warm: (effort) => loginOnDouble('mssql', true, effort),
  login_mssql_no_reuse: (effort) => loginOnDouble('mssql', false, effort),
  contenders,
  local_login: localLogin,
  first_login: firstLogin,
  cold_connection: coldConnection,
  many_connections: manyConnections,
  many_runners: manyRunners,
  rejection_timing: rejectionTiming,
  isolate_memory: isolateMemory,
  script_memory: scriptMemory,
  neighbours,
  login_cost: loginCost,
  login_counts: loginCounts,
  working_day: workingDay,
  growth: (effort) => growth(effort, { usersMax: 2_000_000 }),
  growth_10m: (effort) => growth(effort, { usersMax: 10_000_000, usersAlone: true }),
};
