import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  commaList,
  grpcAddress,
  parseIpAddress,
  port,
  REGION_NAME,
  readEnv,
  serviceFields,
  telemetryConfig,
  telemetryRules,
  transportFields,
  transportOf,
  transportRules,
  webUrl,
  whole,
} from '@userferry/process';
import { z } from 'zod';
import type { Pinned } from './table/entry.ts';

const DAY_MS = 86_400_000;

const pinned = (item: string): Pinned | undefined => {
  const [, ip = '', place] = /^([^@]+)(?:@(.*))?$/.exec(item) ?? [];
  const address = parseIpAddress(ip)?.text;
  if (address === undefined || (place !== undefined && !REGION_NAME.test(place))) return undefined;
  return place === undefined ? { address } : { address, region: place };
};

const FORM = 'must be IPv4 or IPv6 addresses with commas between, each by itself or as ADDRESS@REGION';

/** Addresses that no firewall outside sees are named: the list of them is for everybody anyway. */
const publicIpProblems = (items: readonly string[]): readonly string[] => {
  const found = items.map(pinned);
  if (found.includes(undefined)) return [FORM];
  return found.flatMap((each) => {
    const { text, isPublic, kind } = parseIpAddress(each?.address ?? '') ?? {};
    return isPublic ? [] : [`${text} is ${kind}, and no firewall outside sees it: name what the outside sees`];
  });
};

const publicIps = () =>
  commaList()
    .superRefine((items, context) => {
      for (const message of publicIpProblems(items)) context.addIssue({ code: 'custom', message });
    })
    .meta({ example: '192.0.2.10,2001:db8::10@eu-west-1' })
    .transform((items) => items.flatMap((item) => pinned(item) ?? []))
    .default([]);

const FIELDS = {
  ...serviceFields,
  ...transportFields,
  USERFERRY_PUBLIC_IP_PORT: port().default(7104),
  PUBLIC_IPS: publicIps(),
  USERFERRY_PUBLIC_IP_DRAIN_MS: whole(0, 90 * DAY_MS).default(DAY_MS),
  USERFERRY_PUBLIC_IP_STATE_FILE: z.string().optional(),
  USERFERRY_PUBLIC_IP_PEERS: grpcAddress().optional(),
  USERFERRY_PUBLIC_IP_WATCHERS_MAX: whole(1, 100_000).default(1_000),
  USERFERRY_PUBLIC_IP_WEBHOOK_URL: webUrl().optional(),
  USERFERRY_PUBLIC_IP_WEBHOOK_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .meta({ example: 'what `openssl rand -hex 32` prints' })
    .optional(),
};

const webhookProblems = (values: z.infer<z.ZodObject<typeof FIELDS>>): readonly string[] =>
  (values.USERFERRY_PUBLIC_IP_WEBHOOK_URL === undefined) === (values.USERFERRY_PUBLIC_IP_WEBHOOK_SECRET === undefined)
    ? []
    : ['USERFERRY_PUBLIC_IP_WEBHOOK_URL: set it together with USERFERRY_PUBLIC_IP_WEBHOOK_SECRET, or neither'];

/** Everything that this service reads from its environment. Throws ConfigError naming every problem. */
export const readConfig = () => {
  const env = readEnv(FIELDS, process.env, [
    {
      of: ['USERFERRY_PUBLIC_IP_WEBHOOK_URL', 'USERFERRY_PUBLIC_IP_WEBHOOK_SECRET'],
      problems: webhookProblems,
    },
    ...telemetryRules('USERFERRY_PUBLIC_IP_PORT'),
    ...transportRules('USERFERRY_PUBLIC_IP_PEERS'),
  ]);
  const { USERFERRY_PUBLIC_IP_WEBHOOK_URL: url, USERFERRY_PUBLIC_IP_WEBHOOK_SECRET: secret } = env;
  const port = env.USERFERRY_PUBLIC_IP_PORT;
  return {
    host: env.USERFERRY_LISTEN_HOST,
    port,
    logLevel: env.USERFERRY_LOG_LEVEL,
    transport: transportOf(env, ['identity-gateway', 'script-runner', 'public-ip-service']),
    telemetry: telemetryConfig(env),
    serviceTokens: env.USERFERRY_SERVICE_TOKEN,
    stopDelayMs: env.USERFERRY_STOP_DELAY_MS,
    connectionAgeMs: env.USERFERRY_CONNECTION_AGE_MS,
    pinned: env.PUBLIC_IPS,
    drainMs: env.USERFERRY_PUBLIC_IP_DRAIN_MS,
    // One for each port: replicas on one machine must not share it.
    stateFile: env.USERFERRY_PUBLIC_IP_STATE_FILE ?? join(homedir(), '.userferry', `public-ips-${port}.json`),
    peers: env.USERFERRY_PUBLIC_IP_PEERS,
    watchersMax: env.USERFERRY_PUBLIC_IP_WATCHERS_MAX,
    webhook: url === undefined || secret === undefined ? undefined : { url, secret },
  };
};

export type Config = ReturnType<typeof readConfig>;
