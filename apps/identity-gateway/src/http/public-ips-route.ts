import { createHash } from 'node:crypto';
import type { CallContext } from '@userferry/grpc';
import type { FastifyInstance } from 'fastify';
import type { PublicIps } from '../clients/public-ips.ts';
import type { AnswerSigner } from './answer-signer.ts';
import type { LastKnownIps } from './last-known-ips.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';

export type PublicIpsRouteDeps = {
  readonly lastKnownIps: LastKnownIps;
  readonly context: (requestId: string) => CallContext;
  readonly signAnswer?: AnswerSigner | undefined;
};

type Query = { readonly format?: unknown; readonly region?: unknown };

type Asked = { readonly format: 'json' | 'text'; readonly region: string | undefined };

const PATH = '/api/system/public-ips';

/**
 * `GET /api/system/public-ips`, open to everyone; `?format=text` gives one address a line for firewall scripts,
 * `?region=` what one region uses. When public-ip-service is down, the list that was last known, and how old it is.
 */
export const addPublicIpsRoute = (
  app: FastifyInstance,
  { lastKnownIps, context, signAnswer }: PublicIpsRouteDeps,
): void => {
  app.get<{ Querystring: Query }>(PATH, async (request, reply) => {
    const asked = readQuery(request.query);
    if ('problem' in asked) return refuseElsewhere(reply, 400, asked.problem);
    const { list, staleMs } = await lastKnownIps.get(context(request.id));
    // An empty list would be taken for the truth, and close a firewall.
    if (asked.region !== undefined && !list.regions.includes(asked.region))
      return refuseElsewhere(reply, 404, `no such region; the regions are: ${list.regions.join(', ') || 'none'}`);
    const ips = ipsFor(list, asked.region);
    const etag = etagOf(asked, ips);
    reply.headers({ 'cache-control': 'public, max-age=60', etag, ...staleHeaders(staleMs) });
    if (matches(request.headers['if-none-match'], etag)) return reply.status(304).send();
    const body = bodyOf(asked.format, ips, list.updatedAt);
    reply.headers(signAnswer?.(request.url, body) ?? {});
    return reply
      .type(asked.format === 'text' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8')
      .send(body);
  });
};

const readQuery = ({ format = 'json', region }: Query): Asked | { readonly problem: string } => {
  if (format !== 'json' && format !== 'text') return { problem: 'format must be json or text' };
  if (region !== undefined && (typeof region !== 'string' || !/^[a-z0-9-]{1,63}$/.test(region)))
    return { problem: 'region must be one, of 1 to 63 lower-case letters, digits or "-"' };
  return { format, region };
};

const ipsFor = ({ ips }: PublicIps, region: string | undefined): readonly string[] =>
  ips
    .filter(({ regions }) => region === undefined || regions.length === 0 || regions.includes(region))
    .map(({ address }) => address);

const bodyOf = (format: Asked['format'], ips: readonly string[], updatedAt: Date | undefined): string => {
  if (format === 'text') return ips.map((ip) => `${ip}\n`).join('');
  const data = { ips, updatedAt: updatedAt?.toISOString() ?? null };
  return JSON.stringify({ statusCode: 200, message: 'the addresses that connections to your systems come from', data });
};

/** Weak: by the addresses alone, which are the same at every replica; the time of the last change need not be. */
const etagOf = ({ format, region = '' }: Asked, ips: readonly string[]): string =>
  `W/"${createHash('sha256')
    .update([format, region, ...ips].join('\n'))
    .digest('base64url')
    .slice(0, 22)}"`;

/** If-None-Match is compared weakly (RFC 9110, section 13.1.2). */
const matches = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === etag.slice(2)) ?? false;

const staleHeaders = (staleMs: number | undefined): Record<string, string> =>
  staleMs === undefined ? {} : { age: String(Math.floor(staleMs / 1_000)), 'userferry-stale': 'true' };
