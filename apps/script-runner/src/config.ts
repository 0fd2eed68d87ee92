import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  commaList,
  port,
  readEnv,
  serviceFields,
  telemetryConfig,
  telemetryRules,
  transportFields,
  transportOf,
  transportRules,
  whole,
} from '@userferry/process';
import {
  defaultStateFolder,
  hostsBytesMaxDefault,
  SANDBOX_LEVELS,
  SANDBOX_WALLS,
  type WallName,
} from '@userferry/sandbox';
import { egressHostProblem } from '@userferry/script-contract';
import { z } from 'zod';
import { egressAddressOf, egressFields, egressRules } from './egress-address/config.ts';
import { parseEgressRule } from './parse-egress-rule.ts';

const destinations = () =>
  commaList()
    .meta({ example: '10.0.0.0/8:5432,db.example:*' })
    .transform((rules, context) =>
      rules.flatMap((text, index) => {
        const parsed = parseEgressRule(text);
        if ('rule' in parsed) return [parsed.rule];
        context.addIssue({ code: 'custom', message: `rule ${index + 1} ${parsed.problem}` });
        return [];
      }),
    )
    .default([]);

const walls = () =>
  commaList()
    .refine(
      (names) => names.every((name) => (SANDBOX_WALLS as readonly string[]).includes(name)),
      `must be names of walls with commas between: ${SANDBOX_WALLS.join(', ')}`,
    )
    .transform((names) => names as WallName[])
    .default([]);

/** Room for three hosts and a little: with much less, no connection would find one while another is served. */
const HOSTS_BYTES_LEAST = 128 * 1024 * 1024;

/** The API of the cluster that this service runs in, if it does. */
const clusterRules = (host: string | undefined, apiPort: number) =>
  host === undefined || egressHostProblem(host) !== undefined ? [] : [{ host, port: apiPort }];

/** What the build of libs/sandbox makes, or what a built folder brings of it. */
const builtRuntime = dirname(fileURLToPath(import.meta.resolve('@userferry/sandbox/runtime/manifest.json')));

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(
    {
      ...serviceFields,
      ...transportFields,
      USERFERRY_RUNNER_PORT: port().default(7102),
      USERFERRY_SANDBOX_RUNTIME: z.string().default(builtRuntime),
      USERFERRY_STATE_FOLDER: z.string().default(() => defaultStateFolder()),
      USERFERRY_EGRESS_ALLOW: destinations(),
      USERFERRY_EGRESS_NEVER: destinations(),
      // What Kubernetes tells every pod.
      KUBERNETES_SERVICE_HOST: z.string().optional(),
      KUBERNETES_SERVICE_PORT: port().default(443),
      USERFERRY_ISOLATE_HOSTS_MAX: whole(1, 10_000).default(128),
      USERFERRY_ISOLATE_HOSTS_BYTES_MAX: whole(HOSTS_BYTES_LEAST, Number.MAX_SAFE_INTEGER).default(
        hostsBytesMaxDefault,
      ),
      USERFERRY_BLANK_HOSTS: whole(0, 100).default(2),
      USERFERRY_CONNECTION_REUSE: z.enum(['on', 'off']).default('on'),
      USERFERRY_ISOLATION: z.enum(['warm', 'per_run']).default('warm'),
      ...egressFields,
      USERFERRY_REQUIRE_SANDBOX_LEVEL: z.enum(SANDBOX_LEVELS).default('process'),
      USERFERRY_REQUIRE_SANDBOX_WALLS: walls(),
    },
    process.env,
    [...egressRules, ...telemetryRules('USERFERRY_RUNNER_PORT'), ...transportRules('USERFERRY_PUBLIC_IP_ADDRESS')],
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_RUNNER_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    transport: transportOf(env, ['identity-gateway']),
    telemetry: telemetryConfig(env),
    serviceTokens: env.USERFERRY_SERVICE_TOKEN,
    stopDelayMs: env.USERFERRY_STOP_DELAY_MS,
    connectionAgeMs: env.USERFERRY_CONNECTION_AGE_MS,
    runtimeFolder: env.USERFERRY_SANDBOX_RUNTIME,
    stateFolder: env.USERFERRY_STATE_FOLDER,
    egressAllow: env.USERFERRY_EGRESS_ALLOW,
    egressNever: [
      ...env.USERFERRY_EGRESS_NEVER,
      ...clusterRules(env.KUBERNETES_SERVICE_HOST, env.KUBERNETES_SERVICE_PORT),
    ],
    isolateHostsMax: env.USERFERRY_ISOLATE_HOSTS_MAX,
    isolateHostsBytesMax: env.USERFERRY_ISOLATE_HOSTS_BYTES_MAX,
    blankHosts: env.USERFERRY_BLANK_HOSTS,
    reuseConnections: env.USERFERRY_CONNECTION_REUSE === 'on',
    isolation: env.USERFERRY_ISOLATION,
    egressAddress: egressAddressOf(env),
    requiredLevel: env.USERFERRY_REQUIRE_SANDBOX_LEVEL,
    requiredWalls: env.USERFERRY_REQUIRE_SANDBOX_WALLS,
  };
};

export type Config = ReturnType<typeof readConfig>;
