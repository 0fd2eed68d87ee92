import type { SkippedSuite } from './collect-report.ts';

/** How a suite that was skipped is made to run, by what its name speaks of. */
const REMEDIES: readonly { name: RegExp; remedy: string }[] = [
  { name: /MariaDB|MySQL/, remedy: 'apt-get install mariadb-server-core, or set MYSQL_URL' },
  { name: /PgBouncer/, remedy: 'apt-get install pgbouncer' },
  { name: /pg_dump/, remedy: 'apt-get install postgresql' },
  { name: /MongoDB/, remedy: 'set MONGODB_URL' },
  { name: /SQL Server/, remedy: 'set MSSQL_URL' },
  { name: /\b(curl|openssl)\b/, remedy: 'apt-get install curl openssl' },
  { name: /Chromium/, remedy: 'apt-get install chromium' },
  { name: /Prometheus/, remedy: 'apt-get install prometheus' },
  { name: /control groups/, remedy: 'let the tests make control groups (as root, with /sys/fs/cgroup writable)' },
  { name: /old beside new/, remedy: 'fetch the parent commit, or the last release tag (git fetch --deepen=1 --tags)' },
  { name: /\broot\b/, remedy: 'run the tests as root' },
];

/** One line for each suite that was skipped: its name, and what would make it run. */
export function describeSkipped(suites: readonly SkippedSuite[]): string[] {
  return suites.map(({ workspace, name, tests }) => {
    const remedy = REMEDIES.find((entry) => entry.name.test(name))?.remedy ?? 'see the condition beside it';
    return `skipped: ${workspace}: ${name} (${tests} ${tests === 1 ? 'test' : 'tests'}). To run it: ${remedy}`;
  });
}
