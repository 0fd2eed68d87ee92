import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  Outcome,
  RunScriptRequest,
  ScriptAction,
  ScriptRunnerServiceClient,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { createClient, type PromiseClient } from '@userferry/grpc';
import {
  createLogin,
  type LocalWorld,
  type Login,
  MEMBERS,
  member,
  sampleScriptFile,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import { completeEnv } from '@userferry/script-contract';
import bcrypt from 'bcrypt';
import type { Effort, Figures } from './compare-logins.ts';
import { quantile, rounded } from './statistics.ts';

/** Low: what is looked for is the rest. */
const COST = 4;

/** Until what runs again and again is compiled, as in services that have been there for a while. */
const WARM_UP = 600;

type Times = { readonly login: number[]; readonly run: number[]; readonly hash: number[] };
type Parts = { readonly login: Login; readonly runLogin: (n: number) => Promise<void> };

/**
 * What a first login costs beyond the script: the login over gRPC through all services, against the bare `RunScript` of
 * the same script over the same database, and the hash that we make of the password, in turn.
 */
export const firstLogin = async ({ warmUp: warmUpQuick, pairs }: Effort): Promise<Figures> => {
  const warmUp = pairs < 50 ? warmUpQuick : WARM_UP;
  await using world = await startLocalWorld({ env: { USERFERRY_BCRYPT_COST: String(COST) } });
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  using login = createLogin({ address, ...company, requestIp: '' });
  using runner = runnerOf(world);
  const parts = { login, runLogin: bareRun(runner, legacy.url) };
  const times: Times = { login: [], run: [], hash: [] };
  const count = Math.min(warmUp + pairs, MEMBERS);
  for (let n = 1; n <= count; n += 1) await inTurn(parts, n, n > warmUp ? times : { login: [], run: [], hash: [] });
  return figuresOf(times);
};

const inTurn = async ({ login, runLogin }: Parts, n: number, times: Times): Promise<void> => {
  const { mail, password } = member(n);
  times.run.push(await timed(() => runLogin(n)));
  times.hash.push(await timed(() => bcrypt.hash(password, COST)));
  times.login.push(
    await timed(async () => {
      const outcome = await login(mail, password);
      if (outcome?.$case !== 'authenticated' || !outcome.value.migratedNow)
        throw new Error(`a first login ended as ${outcome?.$case}`);
    }),
  );
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

const runnerOf = ({ services, serviceToken }: LocalWorld) =>
  createClient(ScriptRunnerServiceClient, { address: `127.0.0.1:${services.ports.runner}`, token: serviceToken });

const bareRun = (runner: PromiseClient<ScriptRunnerServiceClient>, legacyUrl: string) => {
  const source = readFileSync(sampleScriptFile('login'), 'utf8');
  const env = completeEnv({ DB_CONNECTION_URI: legacyUrl });
  return async (n: number): Promise<void> => {
    const { mail, password } = member(n);
    const args = [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
    const { outcome, error } = await runner.runScript(
      RunScriptRequest.fromPartial({
        runId: randomUUID(),
        connectionId: 'bench',
        action: ScriptAction.LOGIN,
        source,
        argsJson: Buffer.from(JSON.stringify(args)),
        env,
      }),
      { requestId: randomUUID(), deadlineMs: Date.now() + 20_000 },
    );
    if (outcome !== Outcome.COMPLETED) throw new Error(`a bare run ended as ${outcome}: ${error?.message}`);
  };
};

const figuresOf = ({ login, run, hash }: Times): Figures => {
  const beyond = (share: number) => rounded(quantile(login, share) - quantile(run, share) - quantile(hash, share));
  return {
    first_login_overhead_ms: beyond(0.5),
    first_login_overhead_p95_ms: beyond(0.95),
    login_p50_ms: rounded(quantile(login, 0.5)),
    run_p50_ms: rounded(quantile(run, 0.5)),
    hash_p50_ms: rounded(quantile(hash, 0.5)),
  };
};
