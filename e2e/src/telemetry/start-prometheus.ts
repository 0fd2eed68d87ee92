import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@userferry/local-databases';

/** Whether a Prometheus is installed here. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;

const RULES = fileURLToPath(new URL('../../../deploy/prometheus/rules.yaml', import.meta.url));

export type Prometheus = AsyncDisposable & {
  /** What its HTTP API answers under `data`. */
  readonly api: (path: string) => Promise<unknown>;
};

const configOf = (targets: ReadonlyMap<string, number>) => ({
  global: { scrape_interval: '1s', evaluation_interval: '1s' },
  rule_files: [RULES],
  scrape_configs: [...targets].map(([service, port]) => ({
    job_name: `userferry-${service}`,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  })),
});

/** A real Prometheus that reads the metrics of these services each second and has our rules loaded. */
export const startPrometheus = async (targets: ReadonlyMap<string, number>): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-prometheus-'));
  const port = await findFreePort();
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(configOf(targets)));
  const options = [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder });
  const ended = once(child, 'exit');
  const api = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  };
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { api, [Symbol.asyncDispose]: stop };
};
