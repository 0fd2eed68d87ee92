import { z } from 'zod';
import { commaList } from './fields.ts';

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

/**
 * What is wrong between the variables: TLS by halves, peers without TLS, and plaintext that leaves this machine, on the
 * address that is listened on or on those that are called (by variable).
 */
export const transportProblems = (
  env: TransportEnv,
  called: Readonly<Record<string, string | undefined>> = {},
): string[] => {
  const files = ['USERFERRY_TLS_CERT_FILE', 'USERFERRY_TLS_KEY_FILE', 'USERFERRY_TLS_CA_FILE'] as const;
  const missing = files.filter((name) => !env[name]);
  if (missing.length === 0) return [];
  if (missing.length < files.length) return missing.map((name) => `${name}: is required with the other files of TLS`);
  const unused = env.USERFERRY_ALLOWED_PEERS === undefined ? [] : [NO_PEERS];
  if (env.USERFERRY_ALLOW_PLAINTEXT === '1') return unused;
  const listens = isLoopback(env.USERFERRY_LISTEN_HOST) ? [] : ['USERFERRY_LISTEN_HOST'];
  const calls = Object.entries(called).filter(
    ([, address]) => address !== undefined && !hostsOf(address).every(isLoopback),
  );
  return [...unused, ...[...listens, ...calls.map(([name]) => name)].map((name) => `${name}: ${LEAVES_MACHINE}`)];
};

const NO_PEERS = 'USERFERRY_ALLOWED_PEERS: without the files of TLS nobody shows a certificate';

const LEAVES_MACHINE =
  'would be plaintext beyond this machine: set USERFERRY_TLS_CERT_FILE, USERFERRY_TLS_KEY_FILE and USERFERRY_TLS_CA_FILE, or USERFERRY_ALLOW_PLAINTEXT=1 where the network between encrypts';

/** The hosts of a gRPC address. */
const hostsOf = (address: string): readonly string[] =>
  address
    .replace(/^ipv4:|^dns:\/\/\//, '')
    .split(',')
    .map((each) => each.replace(/:\d+$/, ''));

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
