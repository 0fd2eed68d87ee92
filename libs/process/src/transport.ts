import { z } from 'zod';
import { commaList } from './fields.ts';
import type { AcrossRule } from './read-env.ts';

/** The variables of how services speak to each other. */
export const transportFields = {
  USERFERRY_TLS_CERT_FILE: z.string().optional(),
  USERFERRY_TLS_KEY_FILE: z.string().optional(),
  USERFERRY_TLS_CA_FILE: z.string().optional(),
  USERFERRY_ALLOWED_PEERS: commaList().optional(),
  USERFERRY_ALLOW_PLAINTEXT: z.enum(['0', '1']).default('0'),
} as const;

type TransportEnv = z.infer<z.ZodObject<typeof transportFields>> & { readonly USERFERRY_LISTEN_HOST: string };

/** Where a service finds its certificates. */
export type TlsFiles = { readonly certFile: string; readonly keyFile: string; readonly caFile: string };

/** How a service speaks to others: over TLS with these files, or, without any, in plaintext. */
export type Transport = {
  readonly tls: TlsFiles | undefined;
  /** Names of certificates that may call; absent: whoever comes. */
  readonly peers: readonly string[] | undefined;
};

/** @param peers who may call this service unless the environment says otherwise; absent: whoever comes */
export const transportOf = (env: TransportEnv, peers?: readonly string[]): Transport => {
  const { USERFERRY_TLS_CERT_FILE: certFile, USERFERRY_TLS_KEY_FILE: keyFile, USERFERRY_TLS_CA_FILE: caFile } = env;
  const named = env.USERFERRY_ALLOWED_PEERS?.map((name) => (name.includes('://') ? name : name.toLowerCase()));
  const tls = certFile && keyFile && caFile ? { certFile, keyFile, caFile } : undefined;
  return { tls, peers: named ?? peers };
};

const OWN = [
  'USERFERRY_TLS_CERT_FILE',
  'USERFERRY_TLS_KEY_FILE',
  'USERFERRY_TLS_CA_FILE',
  'USERFERRY_ALLOWED_PEERS',
  'USERFERRY_ALLOW_PLAINTEXT',
  'USERFERRY_LISTEN_HOST',
] as const;

type Called<Name extends string> = TransportEnv & { readonly [Each in Name]?: string | undefined };

/**
 * What has to hold between the variables: no TLS by halves, no peers without TLS, and no plaintext that leaves this
 * machine, on the address that is listened on or on those that are called (by variable).
 */
export const transportRules = <Name extends string = never>(
  ...called: readonly Name[]
): readonly AcrossRule<Called<Name>>[] => [
  { of: OWN, problems: ownProblems },
  ...called.map((name) => ({
    of: [...OWN, name],
    problems: (env: Called<Name>) =>
      leavesMachine(env, hostsOf(env[name] ?? '')) ? [`${name}: ${LEAVES_MACHINE}`] : [],
  })),
];

const FILES = ['USERFERRY_TLS_CERT_FILE', 'USERFERRY_TLS_KEY_FILE', 'USERFERRY_TLS_CA_FILE'] as const;

const ownProblems = (env: TransportEnv): readonly string[] => {
  const missing = FILES.filter((name) => !env[name]);
  if (missing.length === 0) return [];
  if (missing.length < FILES.length) return missing.map((name) => `${name}: is required with the other files of TLS`);
  return [
    ...(env.USERFERRY_ALLOWED_PEERS === undefined ? [] : [NO_PEERS]),
    ...(leavesMachine(env, [env.USERFERRY_LISTEN_HOST]) ? [`USERFERRY_LISTEN_HOST: ${LEAVES_MACHINE}`] : []),
  ];
};

/** In plaintext that nobody has allowed. */
const leavesMachine = (env: TransportEnv, hosts: readonly string[]): boolean =>
  FILES.every((name) => !env[name]) && env.USERFERRY_ALLOW_PLAINTEXT !== '1' && !hosts.every(isLoopback);

const NO_PEERS = 'USERFERRY_ALLOWED_PEERS: without the files of TLS nobody shows a certificate';

const LEAVES_MACHINE =
  'would be plaintext beyond this machine: set USERFERRY_TLS_CERT_FILE, USERFERRY_TLS_KEY_FILE and USERFERRY_TLS_CA_FILE, or USERFERRY_ALLOW_PLAINTEXT=1 where the network between encrypts';

/** The hosts of a gRPC address. */
const hostsOf = (address: string): readonly string[] =>
  address
    .replace(/^ipv4:|^dns:\/\/\//, '')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => each.replace(/:\d+$/, ''));

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
