import { readOpenApi } from '@userferry/grpc';
import type { FastifyInstance } from 'fastify';

/** `GET /api/v1/openapi.json`: the calls as the contracts have them, for programs and their generators; open to everyone. */
export const addOpenApiRoute = (api: FastifyInstance): void => {
  const document = readOpenApi();
  api.get('/openapi.json', (_, reply) => reply.type('application/json; charset=utf-8').send(document));
};
