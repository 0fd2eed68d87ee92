import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOtlpCollector } from '@userferry/testing';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const PROGRAM = `
  import { count, inSpan, startTelemetry } from './index.ts';
  const nothing = () => {};
  const log = { info: nothing, warn: nothing };
  const config = { metrics: { host: '127.0.0.1', port: 0 }, traces: { url: process.argv[2], headers: {}, ratio: 1 } };
  const telemetry = await startTelemetry({ service: 'bundled', version: '1', config, log });
  await inSpan('from a bundle', async () => count('userferry_password_hashes_refused_total', {}));
  console.log(await (await fetch('http://127.0.0.1:' + telemetry.metricsPort + '/metrics')).text());
  await telemetry[Symbol.asyncDispose]();
`;

it('metrics and traces work in a program that is one file, in a folder with nothing else in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-bundle-'));
  try {
    await using collector = await startOtlpCollector();
    const outfile = join(folder, 'program.mjs');
    const stdin = { contents: PROGRAM, resolveDir: import.meta.dirname, loader: 'ts' } as const;
    await build({
      stdin,
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      logLevel: 'silent',
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile, collector.url], { cwd: folder });
    expect(stdout).toContain('userferry_password_hashes_refused_total 1\n');
    expect(collector.spans).toMatchObject([{ service: 'bundled', name: 'from a bundle' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
