import { askEcho } from './sources/ask-echo.ts';
import { askMetadata, type Cloud } from './sources/ask-metadata.ts';
import { askStun, type StunServer } from './sources/ask-stun.ts';

/** Somebody who can say where our connections come from. */
export type EgressSource = {
  readonly name: string;
  /** Addresses as text, not yet judged. Rejects when it knows nothing. */
  readonly ask: (signal: AbortSignal) => Promise<readonly string[]>;
};

export type EgressSourceOptions = {
  readonly stunServers: readonly StunServer[];
  readonly echoUrls: readonly URL[];
  readonly clouds: readonly Cloud[];
  readonly metadataUrl: URL;
};

/** One source for each server, endpoint and cloud. */
export const egressSources = ({
  stunServers,
  echoUrls,
  clouds,
  metadataUrl,
}: EgressSourceOptions): readonly EgressSource[] => [
  ...stunServers.map((server) => ({
    name: `stun ${server.host}:${server.port}`,
    ask: (signal: AbortSignal) => overBoth((family) => askStun(server, family, signal)),
  })),
  ...echoUrls.map((url) => ({
    name: `echo ${url.host}`,
    ask: (signal: AbortSignal) => overBoth((family) => askEcho(url, family, signal)),
  })),
  ...clouds.map((cloud) => ({
    name: `metadata ${cloud}`,
    ask: (signal: AbortSignal) => askMetadata(cloud, metadataUrl, signal),
  })),
];

/** What is said over IPv4 and over IPv6; fails when neither is possible. */
const overBoth = async (ask: (family: 4 | 6) => Promise<string>): Promise<readonly string[]> => {
  const answers = await Promise.allSettled([ask(4), ask(6)]);
  const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (told.length > 0) return told;
  throw answers[0]?.status === 'rejected' ? answers[0].reason : new Error('no answer');
};
