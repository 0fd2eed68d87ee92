import type { FastifyReply } from 'fastify';

/** How everything outside `/api/v1` says no. `message` is for people and holds no secret. */
export const refuseElsewhere = (reply: FastifyReply, statusCode: number, message: string): FastifyReply =>
  reply.status(statusCode).send({ statusCode, message, data: null });
