import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleFile, ConsolePages } from './read-console.ts';

const NONCE_PLACE = '__CSP_NONCE__';

/** Scripts, styles and calls of our own, and styles that carry the nonce of this very answer, as editors make them. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');

const NOT_BUILT = `The console is not built.
From a checkout: \`npx nx build console\`, then start the gateway again. A folder elsewhere: USERFERRY_CONSOLE_FOLDER.
`;

/** The console's page under `/console/`, at each of its own paths; `/` leads there. */
export const addConsoleRoutes = (app: FastifyInstance, pages: ConsolePages | undefined): void => {
  for (const path of ['/', '/console'])
    app.get(path, (request, reply) => reply.redirect(`/console/${queryOf(request.url)}`, 302));
  app.get<{ Params: { '*': string } }>('/console/*', (request, reply) => {
    if (pages === undefined) return plain(reply, NOT_BUILT);
    const path = request.params['*'];
    const file = pages.files.get(path);
    if (file !== undefined) return sendFile(request, reply, file);
    return isOfPage(path) ? sendIndex(reply, pages.index) : plain(reply, 'There is no such file.\n');
  });
};

const queryOf = (url: string): string => /\?.*$/.exec(url)?.[0] ?? '';

const plain = (reply: FastifyReply, text: string): FastifyReply =>
  reply.status(404).type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(text);

/** A place of the page, which the page finds by itself: no file has such a name. */
const isOfPage = (path: string): boolean => !path.startsWith('assets/') && !/\.\w+$/.test(path);

const sendIndex = (reply: FastifyReply, index: string): FastifyReply => {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .headers({ 'content-security-policy': policy(nonce), 'cache-control': 'no-cache' })
    .type('text/html; charset=utf-8')
    .send(index.replaceAll(NONCE_PLACE, nonce));
};

const sendFile = async (request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): Promise<FastifyReply> => {
  reply.headers({
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  });
  const brotli = takesBrotli(request.headers['accept-encoding']) ? await file.brotli() : undefined;
  if (brotli !== undefined) reply.header('content-encoding', 'br');
  return reply.type(file.type).send(brotli ?? file.bytes);
};

const takesBrotli = (accepted: string | string[] | undefined): boolean =>
  /(^|,)\s*br\s*(;\s*q=(1|0?\.\d*[1-9])\d*)?\s*(,|$)/.test(String(accepted ?? ''));
