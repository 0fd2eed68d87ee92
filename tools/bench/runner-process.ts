import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  Outcome,
  RunScriptRequest,
  ScriptAction,
  ScriptRunnerServiceClient,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import { createClient } from '@userferry/grpc';
import { inheritedEnv, member, sampleScriptFile, startServiceProcess } from '@userferry/local-services';
import { completeEnv, outcomeOfNumber } from '@userferry/script-contract';

const DEADLINE_MS = 15_000;

/** script-runner as a process of its own. */
export type RunnerProcess = AsyncDisposable & {
  readonly pid: number;
  readonly port: number;
  /** Isolate hosts that it has started since it began. */
  hostsStarted(): Promise<number>;
};

export type RunnerOptions = {
  readonly token: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it was built. */
  readonly builtFolders: string;
};

export const startRunnerProcess = async ({ token, env, builtFolders }: RunnerOptions): Promise<RunnerProcess> => {
  await using stack = new AsyncDisposableStack();
  const ready: Record<string, unknown> = {};
  const service = startServiceProcess({
    name: 'script-runner',
    builtFolders,
    env: {
      ...inheritedEnv(),
      USERFERRY_SERVICE_TOKEN: token,
      USERFERRY_RUNNER_PORT: '0',
      USERFERRY_METRICS_PORT: '0',
      USERFERRY_EGRESS_ALLOW: '127.0.0.1:*',
      ...env,
    },
    onLine: ({ facts }) => {
      if (facts?.msg === 'ready') Object.assign(ready, facts);
    },
    restart: false,
  });
  stack.defer(() => service.stop());
  await service.ready();
  const metricsUrl = `http://127.0.0.1:${ready.metricsPort}/metrics`;
  const kept = stack.move();
  return {
    pid: service.pid ?? 0,
    port: Number(ready.port),
    async hostsStarted() {
      const text = await (await fetch(metricsUrl)).text();
      return Number(/^userferry_isolate_host_starts_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? 0);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};

/** How one login of one connection went: refused by the limits of the runner, or served. */
export type Served = 'completed' | 'refused';

export type RunnerLogins = Disposable & {
  /** Logs the n-th member in by the script of a connection. Throws for whatever is neither served nor refused. */
  login(connectionId: string, n: number): Promise<Served>;
};

export type RunnerLoginsOptions = {
  readonly ports: readonly number[];
  readonly token: string;
  /** The legacy user store of every connection. */
  readonly url: string;
  /** Absent: the runners take turns. */
  readonly hasAffinity?: boolean;
};

/** Logins over gRPC, at one runner or several. */
export const runnerLogins = ({ ports, token, url, hasAffinity = false }: RunnerLoginsOptions): RunnerLogins => {
  const address = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
  const client = createClient(ScriptRunnerServiceClient, { address, token, hasAffinity });
  const wanted = {
    source: readFileSync(sampleScriptFile('login'), 'utf8'),
    env: completeEnv({ DB_CONNECTION_URI: url }),
  };
  return {
    async login(connectionId, n) {
      const { mail, password } = member(n);
      const args = [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
      const request = RunScriptRequest.fromPartial({
        ...{ ...wanted, runId: randomUUID(), connectionId, action: ScriptAction.LOGIN },
        argsJson: Buffer.from(JSON.stringify(args)),
      });
      const affinity = { key: connectionId, choice: 0 };
      try {
        return servedOf(await client.runScript(request, { ...callOf(), ...(hasAffinity && { affinity }) }));
      } catch (error) {
        if (error instanceof ServiceError && error.reason === 'RUNNER_OVERLOADED') return 'refused';
        throw error;
      }
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
};

const callOf = () => ({ requestId: randomUUID(), deadlineMs: Date.now() + DEADLINE_MS });

const servedOf = ({ outcome, error }: { outcome: Outcome; error?: { message: string } | undefined }): Served => {
  if (outcome === Outcome.COMPLETED) return 'completed';
  if (outcome === Outcome.OVERLOADED) return 'refused';
  throw new Error(`a login ended as ${outcomeOfNumber(outcome)}: ${error?.message}`);
};
