import { type AcrossRule, commaList, grpcAddress, isWebUrl, parseIpAddress, region, whole } from '@userferry/process';
import { z } from 'zod';
import { CLOUDS, type Cloud } from './sources/ask-metadata.ts';
import type { StunServer } from './sources/ask-stun.ts';

const parseStunServer = (text: string): StunServer | undefined => {
  const [, host = '', digits = ''] = /^(\[[0-9a-fA-F:]+\]|[^:\s[\]]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return host === '' || port < 1 || port > 65_535 ? undefined : { host: host.replace(/^\[(.*)\]$/, '$1'), port };
};

/** A list each of whose items is read alike. */
const listOf = <Item>(read: (text: string) => Item | undefined, problem: string, example: string) =>
  commaList()
    .refine((items) => items.every((item) => read(item) !== undefined), problem)
    .meta({ example })
    .transform((items) => items.flatMap((item) => read(item) ?? []))
    .default([]);

const publicAddress = (text: string) => {
  const address = parseIpAddress(text);
  return address?.isPublic ? address.text : undefined;
};

const echoUrl = (text: string) => (isWebUrl(text) ? new URL(text) : undefined);

const cloud = (text: string): Cloud | undefined => CLOUDS.find((each) => each === text);

/** Where metadata services are, which are spoken to without TLS. */
const METADATA_HOSTS = ['169.254.169.254', '[fd00:ec2::254]', '[fd20:ce::254]', 'metadata.google.internal'];
const isMetadataUrl = (text: string) =>
  isWebUrl(text) || (URL.canParse(text) && METADATA_HOSTS.includes(new URL(text).hostname));

export const egressFields = {
  USERFERRY_REGION: region().default('default'),
  USERFERRY_PUBLIC_IP_ADDRESS: grpcAddress().default('127.0.0.1:7104'),
  USERFERRY_EGRESS_ADDRESSES: listOf(
    publicAddress,
    'must be public IPv4 or IPv6 addresses with commas between',
    '203.0.113.10',
  ),
  USERFERRY_EGRESS_STUN_SERVERS: listOf(parseStunServer, 'must be HOST:PORT with commas between', 'stun.example:3478'),
  USERFERRY_EGRESS_ECHO_URLS: listOf(echoUrl, 'must be https:// URLs with commas between', 'https://ip.example/'),
  USERFERRY_EGRESS_METADATA: listOf(cloud, `must be of ${CLOUDS.join(', ')} with commas between`, 'aws'),
  USERFERRY_EGRESS_METADATA_URL: z
    .string()
    .refine(isMetadataUrl, 'must be the URL of a metadata service')
    .default('http://169.254.169.254'),
  USERFERRY_EGRESS_QUORUM: whole(1, 100).default(2),
  USERFERRY_EGRESS_LOOK_MS: whole(1_000, 3_600_000).default(60_000),
  USERFERRY_EGRESS_LEASE_MS: whole(3_000, 3_600_000).default(120_000),
};

type Env = z.infer<z.ZodObject<typeof egressFields>>;

/** What has to hold between them. */
export const egressRules: readonly AcrossRule<Env>[] = [
  {
    of: [
      'USERFERRY_EGRESS_QUORUM',
      'USERFERRY_EGRESS_STUN_SERVERS',
      'USERFERRY_EGRESS_ECHO_URLS',
      'USERFERRY_EGRESS_METADATA',
    ],
    problems: (env) => {
      const quorum = env.USERFERRY_EGRESS_QUORUM;
      const sources =
        env.USERFERRY_EGRESS_STUN_SERVERS.length +
        env.USERFERRY_EGRESS_ECHO_URLS.length +
        env.USERFERRY_EGRESS_METADATA.length;
      return sources === 0 || sources >= quorum
        ? []
        : [
            `USERFERRY_EGRESS_QUORUM: ${quorum} sources have to agree, and there are ${sources}: name more, or lower it`,
          ];
    },
  },
];

/** How the runner finds out where its connections come from, and whom it tells. */
export const egressAddressOf = (env: Env) => ({
  region: env.USERFERRY_REGION,
  publicIpAddress: env.USERFERRY_PUBLIC_IP_ADDRESS,
  configured: env.USERFERRY_EGRESS_ADDRESSES,
  stunServers: env.USERFERRY_EGRESS_STUN_SERVERS,
  echoUrls: env.USERFERRY_EGRESS_ECHO_URLS,
  clouds: env.USERFERRY_EGRESS_METADATA,
  metadataUrl: new URL(env.USERFERRY_EGRESS_METADATA_URL),
  quorum: env.USERFERRY_EGRESS_QUORUM,
  lookMs: env.USERFERRY_EGRESS_LOOK_MS,
  leaseMs: env.USERFERRY_EGRESS_LEASE_MS,
});
