import { fileURLToPath } from 'node:url';
import { commaList, port, readEnv, serviceFields, whole } from '@userferry/process';
import { defaultStateFolder, SANDBOX_LEVELS } from '@userferry/sandbox';
import { z } from 'zod';
import { parseEgressRule } from './parse-egress-rule.ts';

const egressRules = () =>
  commaList()
    .refine(
      (rules) => rules.every((rule) => parseEgressRule(rule) !== undefined),
      'must be HOST:PORT with commas between',
    )
    .default([])
    .transform((rules) => rules.flatMap((rule) => parseEgressRule(rule) ?? []));

/** What `npm run build` of libs/sandbox makes. */
const builtRuntime = fileURLToPath(new URL('../../../libs/sandbox/dist/runtime', import.meta.url));

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(
    {
      ...serviceFields,
      USERFERRY_RUNNER_PORT: port().default(7102),
      USERFERRY_SANDBOX_RUNTIME: z.string().default(builtRuntime),
      USERFERRY_STATE_FOLDER: z.string().default(defaultStateFolder()),
      USERFERRY_EGRESS_ALLOW: egressRules(),
      USERFERRY_ISOLATE_HOSTS_MAX: whole(1, 10_000).default(64),
      USERFERRY_BLANK_HOSTS: whole(0, 100).default(2),
      USERFERRY_REQUIRE_SANDBOX_LEVEL: z.enum(SANDBOX_LEVELS).default('process'),
    },
    process.env,
  );
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port: env.USERFERRY_RUNNER_PORT,
    logLevel: env.USERFERRY_LOG_LEVEL,
    serviceToken: env.USERFERRY_SERVICE_TOKEN,
    runtimeFolder: env.USERFERRY_SANDBOX_RUNTIME,
    stateFolder: env.USERFERRY_STATE_FOLDER,
    egressAllow: env.USERFERRY_EGRESS_ALLOW,
    isolateHostsMax: env.USERFERRY_ISOLATE_HOSTS_MAX,
    blankHosts: env.USERFERRY_BLANK_HOSTS,
    requiredLevel: env.USERFERRY_REQUIRE_SANDBOX_LEVEL,
  };
};

export type Config = ReturnType<typeof readConfig>;
