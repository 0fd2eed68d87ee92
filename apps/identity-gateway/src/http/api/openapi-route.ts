import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

/** `GET /api/v1/openapi.json`: the calls as the contracts have them, for programs and their generators; open to everyone. */
export const addOpenApiRoute = (api: FastifyInstance): void => {
  const document = readFileSync(fileURLToPath(import.meta.resolve('@userferry/contracts/openapi.json')), 'utf8');
  api.get('/openapi.json', (_, reply) => reply.type('application/json; charset=utf-8').send(document));
};
