import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '@userferry/telemetry';
import { describe, expect, it } from 'vitest';
import { dashboard, dashboardText } from './dashboard.ts';
import { metricsPage } from './metrics-page.ts';
import { ROWS } from './panels.ts';
import { RULES_FILE, readRules } from './rules-file.ts';
import { unknownInExpression } from './selectors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const alerts = readRules().filter(({ alert }) => alert !== undefined);

it.each([
  ['docs/metrics.md', metricsPage],
  ['deploy/grafana/userferry.json', dashboardText],
])('%s is as it would be generated now', (path, generate) => expect(text(path)).toBe(generate()));

describe('an expression', () => {
  it.each([
    ['userferry_gone_total', 'no service has userferry_gone_total'],
    ['userferry_outbox_waiting_bucket', 'no service has userferry_outbox_waiting_bucket'],
    ['userferry_logins_total{pool="x"}', 'userferry_logins_total has no label pool'],
    ['userferry_logins_total{outcome=~"failed|broken"}', 'userferry_logins_total: outcome is never "broken"'],
    ['sum by (tenant) (userferry_logins_total)', 'no metric has a label tenant'],
  ])('that asks for what is not there is caught: %s', (expr, problem) =>
    expect(unknownInExpression(expr)).toEqual([problem]),
  );

  it('of a rule asks only for what a service has', () =>
    expect(readRules().flatMap(({ expr }) => unknownInExpression(expr))).toEqual([]));

  it('of the dashboard asks only for what a service has', () => {
    const queries = ROWS.flatMap(({ panels }) => panels).flatMap((panel) => panel.queries);
    expect(queries.length).toBeGreaterThan(30);
    expect(queries.flatMap(({ expr }) => unknownInExpression(expr))).toEqual([]);
  });
});

describe('the dashboard', () => {
  const { panels, ...rest } = dashboard();
  const drawn = panels.filter(({ type }) => type !== 'row');

  it('is a JSON model of one schema version, with a data source that is chosen when it is opened', () => {
    expect(rest).toMatchObject({
      schemaVersion: 39,
      uid: 'userferry',
      templating: { list: [{ type: 'datasource', query: 'prometheus' }] },
    });
  });

  it('has panels with an id, a place and a title of their own, and queries with a letter of their own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(drawn.map(({ title }) => title)).size).toBe(drawn.length);
    for (const panel of drawn) {
      const { targets, datasource } = panel as Extract<(typeof panels)[number], { targets: unknown }>;
      expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('has no two panels in one place, and none beyond its 24 columns', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => [x + (cell % w), y + Math.floor(cell / w)] as const),
    );
    expect(Math.max(...cells.map(([x]) => x))).toBeLessThan(24);
    expect(new Set(cells.map((cell) => cell.join())).size).toBe(cells.length);
  });
});

describe('an alert', () => {
  const pages = globSync('docs/runbooks/*.md', { cwd: root }).filter((path) => basename(path) !== 'README.md');

  it('says how urgent it is, what is the matter and which page says what to do', () => {
    expect(alerts.length).toBeGreaterThanOrEqual(10);
    for (const { alert, labels, annotations } of alerts) {
      expect(['page', 'warning'], alert).toContain(labels?.severity);
      expect(annotations?.summary, alert).toBeTruthy();
      expect(annotations?.runbook, alert).toMatch(/^docs\/runbooks\/[a-z-]+\.md$/);
    }
  });

  it('has a page of its own, and each page has an alert', () =>
    expect(alerts.map(({ annotations }) => annotations?.runbook).sort()).toEqual([...pages].sort()));

  it.each(pages)('%s names its alert, what users notice, how to look, what to do and what not to do', (path) => {
    const page = text(path);
    const own = alerts.find(({ annotations }) => annotations?.runbook === path);
    expect(page).toContain(`\`${own?.alert}\``);
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
      'What users notice',
      'How to look',
      'What to do',
      'What not to do',
    ]);
  });

  it.each(pages)('%s asks only for metrics that there are', (path) => {
    const words = [...text(path).matchAll(/userferry_[a-z_]+/g)].map(([word]) =>
      word.replace(/_(bucket|sum|count)?$/, ''),
    );
    const names = Object.keys(METRICS);
    // What is searched for with `grep` may be the beginning of several.
    expect(words.filter((word) => !names.some((name) => name.startsWith(word)))).toEqual([]);
  });

  it('is on the list of pages', () => {
    const list = text('docs/runbooks/README.md');
    for (const path of pages) expect(list).toContain(`(${basename(path)})`);
  });
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

describe.skipIf(!promtool)('Prometheus', () => {
  const run = (...args: string[]) => execFileSync('promtool', args, { encoding: 'utf8', stdio: 'pipe' });

  it('loads the configuration and the rules', () => {
    expect(run('check', 'config', join(root, 'deploy/prometheus/prometheus.yaml'))).toContain('SUCCESS');
    expect(run('check', 'rules', RULES_FILE)).toContain(`${readRules().length} rules found`);
  });

  it('fires each alert for what it is meant for, and none for what only looks like it', () => {
    expect(run('test', 'rules', join(root, 'deploy/prometheus/rules-test.yaml'))).toContain('SUCCESS');
    const tried = text('deploy/prometheus/rules-test.yaml');
    for (const { alert } of alerts) expect(tried).toContain(`alertname="${alert}"`);
  });

  it('understands every query of the dashboard', () => {
    const folder = mkdtempSync(join(tmpdir(), 'userferry-'));
    try {
      const queries = ROWS.flatMap(({ panels }) => panels).flatMap((panel) => panel.queries);
      const rules = queries.map(({ expr }, at) => ({
        record: `q:${at}`,
        expr: expr.replaceAll('$__rate_interval', '5m'),
      }));
      writeFileSync(join(folder, 'queries.yaml'), JSON.stringify({ groups: [{ name: 'queries', rules }] }));
      expect(run('check', 'rules', join(folder, 'queries.yaml'))).toContain(`${queries.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
