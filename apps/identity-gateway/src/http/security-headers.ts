import type { FastifyInstance } from 'fastify';

/** Nothing that is not a page of the console is ever shown, framed or run. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'content-security-policy': NOTHING,
};

/** What browsers are told with every answer that is no page. */
export const securityHeaders = ({ tls }: { readonly tls: boolean }): Readonly<Record<string, string>> =>
  tls ? { ...HEADERS, 'strict-transport-security': 'max-age=31536000' } : HEADERS;

/** Adds them to every answer. A route that shows pages brings its own `content-security-policy`. */
export const addSecurityHeaders = (app: FastifyInstance, options: { readonly tls: boolean }): void => {
  const { 'content-security-policy': policy, ...headers } = securityHeaders(options);
  app.addHook('onSend', async (_, reply) => {
    reply.headers(headers);
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policy);
  });
};
