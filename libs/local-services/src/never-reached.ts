import type { Ports } from './ports.ts';

const LOOPBACK = ['127.0.0.0/8', '[::1]'];

const databaseRules = (databaseUrl: string): readonly string[] => {
  const { hostname, port } = new URL(databaseUrl);
  // Without a host it is a Unix socket, which no script can reach.
  if (hostname === '') return [];
  const hosts = hostname === 'localhost' ? LOOPBACK : [hostname.replace(/^127\..*/, '127.0.0.0/8')];
  return hosts.map((host) => `${host}:${port || 5432}`);
};

/** `USERFERRY_EGRESS_NEVER` of a script-runner among local services: those, and our store, whatever scripts may reach else. */
export const neverReached = (
  all: readonly (Ports | readonly number[])[],
  databaseUrls: readonly string[],
  more = '',
): string => {
  const ports = new Set(all.flatMap((each): readonly number[] => Object.values(each)).filter((port) => port > 0));
  const services = [...ports].flatMap((port) => LOOPBACK.map((host) => `${host}:${port}`));
  return [...services, ...databaseUrls.flatMap(databaseRules), ...(more === '' ? [] : [more])].join(',');
};
