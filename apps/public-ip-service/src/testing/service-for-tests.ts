import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from '@userferry/process';
import { createPublicIpService, type PublicIpServiceConfig } from '../create-public-ip-service.ts';
import type { TableChange } from '../table/public-ip-table.ts';

export const TOKEN = 'a-service-token-of-forty-characters-or-so';

export type LogLine = {
  readonly level: string;
  readonly msg: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** A logger that keeps what is written. */
export const keepingLog = () => {
  const lines: LogLine[] = [];
  const write = (level: string) => (facts: object, msg: string) => lines.push({ level, msg, facts: { ...facts } });
  const log = { info: write('info'), warn: write('warn'), error: write('error'), debug: () => undefined };
  return {
    lines,
    log: {
      ...log,
      level: 'info',
      child: () => createLogger({ service: 'test', level: 'silent' }),
    } as unknown as Logger,
  };
};

export type TestService = AsyncDisposable & {
  readonly address: string;
  readonly lines: readonly LogLine[];
  readonly changes: readonly TableChange[];
};

/** A folder that is gone at the end. */
export const temporaryFolder = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), 'userferry-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

/** The service on a free port, with its table in a folder that is gone at the end unless another is given. */
export const startService = async (
  config: Partial<PublicIpServiceConfig> = {},
  clock: () => number = Date.now,
  steady: () => number = clock,
): Promise<TestService> => {
  const stack = new AsyncDisposableStack();
  const { lines, log } = keepingLog();
  const changes: TableChange[] = [];
  const folder = stack.use(temporaryFolder());
  const complete: PublicIpServiceConfig = {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    telemetry: {},
    serviceTokens: [TOKEN],
    stopDelayMs: 0,
    connectionAgeMs: 300_000,
    pinned: [],
    drainMs: 3_600_000,
    stateFile: join(folder.path, 'table.json'),
    peers: undefined,
    watchersMax: 100,
    webhook: undefined,
    ...config,
  };
  const onChange = (change: TableChange) => changes.push(change);
  const server = stack.use(await createPublicIpService(complete, { log, clock, steady, onChange }));
  return {
    address: `127.0.0.1:${server.port}`,
    lines,
    changes,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};
