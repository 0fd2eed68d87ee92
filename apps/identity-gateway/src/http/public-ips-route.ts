import type { CallContext } from '@userferry/grpc';
import type { FastifyInstance } from 'fastify';
import type { PublicIpsClient } from '../clients/public-ips.ts';

export type PublicIpsRouteDeps = {
  readonly publicIps: Pick<PublicIpsClient, 'list'>;
  readonly context: (requestId: string) => CallContext;
};

/** `GET /api/system/public-ips`, open to everyone; `?format=text` gives one address a line for firewall scripts. */
export const addPublicIpsRoute = (app: FastifyInstance, { publicIps, context }: PublicIpsRouteDeps): void => {
  app.get<{ Querystring: { format?: string } }>('/api/system/public-ips', async (request, reply) => {
    const { format = 'json' } = request.query;
    if (format !== 'json' && format !== 'text')
      return reply.status(400).send({ statusCode: 400, message: 'format must be json or text', data: null });
    const { ips, updatedAt } = await publicIps.list(context(request.id));
    reply.header('cache-control', 'public, max-age=60');
    if (format === 'text') return reply.type('text/plain; charset=utf-8').send(ips.map((ip) => `${ip}\n`).join(''));
    const data = { ips, updatedAt: updatedAt?.toISOString() ?? null };
    return { statusCode: 200, message: 'the addresses that connections to your systems come from', data };
  });
};
