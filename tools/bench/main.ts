import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { coldConnection } from './cold-connection.ts';
import { type Effort, type Figures, FULL, QUICK } from './compare-logins.ts';
import { firstLogin } from './first-login.ts';
import { growth } from './growth.ts';
import { localLogin } from './local-login.ts';
import { loginCost } from './login-cost.ts';
import { loginMysql, loginPg } from './login-in-sandbox.ts';
import { loginOnDouble } from './login-on-double.ts';
import { manyConnections } from './many-connections.ts';
import { neighbours } from './neighbours.ts';
import { rejectionTiming } from './rejection-timing.ts';
import { scriptMemory } from './script-memory.ts';

/** Every benchmark by the name under which its figures are kept. */
const BENCHMARKS: Readonly<Record<string, (effort: Effort) => Promise<Figures>>> = {
  login_pg_warm: (effort) => loginPg({}, effort),
  login_pg_warm_cost_10: (effort) => loginPg({ bcryptCost: 10 }, effort),
  login_pg_no_reuse: (effort) => loginPg({ reuse: false }, effort),
  login_pg_kept_vs_plain_kept: (effort) => loginPg({ plainKeeps: true }, effort),
  login_pg_per_run: (effort) => loginPg({ isolation: 'per_run' }, effort),
  login_mysql_warm: (effort) => loginMysql({}, effort),
  login_mysql_no_reuse: (effort) => loginMysql({ reuse: false }, effort),
  login_http_warm: (effort) => loginOnDouble('http', true, effort),
  login_http_no_reuse: (effort) => loginOnDouble('http', false, effort),
  login_mongodb_warm: (effort) => loginOnDouble('mongodb', true, effort),
  login_mongodb_no_reuse: (effort) => loginOnDouble('mongodb', false, effort),
  login_mssql_warm: (effort) => loginOnDouble('mssql', true, effort),
  login_mssql_no_reuse: (effort) => loginOnDouble('mssql', false, effort),
  local_login: localLogin,
  first_login: firstLogin,
  cold_connection: coldConnection,
  many_connections: manyConnections,
  rejection_timing: rejectionTiming,
  script_memory: scriptMemory,
  neighbours,
  login_cost: loginCost,
  growth: (effort) => growth(effort, { usersMax: 2_000_000 }),
  growth_10m: (effort) => growth(effort, { usersMax: 10_000_000, usersAlone: true }),
};

const ON_DOUBLES = /^login_(?:http|mongodb|mssql)_/;

const USAGE = `npm run bench [-- [--json] [--quick] [NAME …]]
names: ${Object.keys(BENCHMARKS).join(', ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}\n${USAGE}`);
  process.exitCode = 2;
} else {
  await run(positionals.length > 0 ? positionals : Object.keys(BENCHMARKS));
}

async function run(names: readonly string[]): Promise<void> {
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2)
    console.log(`note: the machine is busy (load ${load.toFixed(1)}); trust ratios, not times`);
  const all: Record<string, Figures> = {};
  for (const name of names) {
    console.log(
      `${name} …${ON_DOUBLES.test(name) ? ' (against a double of the server: what its own would take is not in it)' : ''}`,
    );
    const figures = (await BENCHMARKS[name]?.(values.quick ? QUICK : FULL)) ?? {};
    all[name] = figures;
    for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(30)} ${value}`);
  }
  if (values.json) console.log(JSON.stringify(all));
}
