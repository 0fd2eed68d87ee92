import type { Schema } from './schemas.ts';

const json = (schema: Schema) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answer = (description: string, schema?: Schema) => ({
  description,
  ...(schema !== undefined && { content: json(schema) }),
});
const REFUSED = { default: { $ref: '#/components/responses/Refused' } };

/** What the console signs in by, and what needs no sign-in: not in the contracts, since there is no such thing in gRPC. */
export const SESSION_PATHS = {
  '/api/v1/session': {
    post: {
      operationId: 'signIn',
      tags: ['Session'],
      summary: 'Signs in with a management key.',
      security: [{ csrf: [] }],
      requestBody: { required: true, content: json(ref('SignInRequest')) },
      responses: { 200: answer('Signed in; the cookie comes with it.', ref('Session')), ...REFUSED },
    },
    get: {
      operationId: 'getSession',
      tags: ['Session'],
      summary: 'Says who is signed in.',
      security: [{ session: [] }],
      responses: { 200: answer('Who is signed in.', ref('Session')), ...REFUSED },
    },
    delete: {
      operationId: 'signOut',
      tags: ['Session'],
      summary: 'Signs out.',
      security: [{ csrf: [] }],
      responses: { 204: answer('The cookie is gone.'), ...REFUSED },
    },
  },
  '/api/v1/session/methods': {
    get: {
      operationId: 'listSignInMethods',
      tags: ['Session'],
      summary: 'How one can sign in.',
      security: [],
      responses: { 200: answer('The ways there are.', ref('SignInMethods')), ...REFUSED },
    },
  },
  '/api/v1/session/oidc': {
    get: {
      operationId: 'beginOidcSignIn',
      tags: ['Session'],
      summary: 'Leads a browser to the issuer of tokens.',
      security: [],
      responses: { 302: answer('To the issuer.'), ...REFUSED },
    },
  },
  '/api/v1/session/oidc/callback': {
    get: {
      operationId: 'endOidcSignIn',
      tags: ['Session'],
      summary: 'Where the issuer leads the browser back to.',
      security: [],
      responses: { 302: answer('To the console, signed in or told why not.'), ...REFUSED },
    },
  },
  '/api/v1/openapi.json': {
    get: {
      operationId: 'getOpenApi',
      tags: ['Session'],
      summary: 'This document.',
      security: [],
      responses: { 200: answer('This document.', { type: 'object' }), ...REFUSED },
    },
  },
} as const;

const texts = { type: 'array', items: { type: 'string' } } as const;

export const SESSION_SCHEMAS = {
  SignInRequest: {
    type: 'object',
    properties: {
      apiKey: { type: 'string', description: 'Of role admin or operator.', minLength: 1, maxLength: 8192 },
    },
    required: ['apiKey'],
    additionalProperties: false,
  },
  Session: {
    type: 'object',
    properties: {
      callerId: { type: 'string', description: "The key's id, as the audit has it." },
      role: { type: 'string', enum: ['admin', 'operator'] },
      scopes: texts,
      pools: { ...texts, description: 'Ids of user pools; `*` stands for all.' },
      expiresAt: { type: 'string', format: 'date-time' },
    },
    required: ['callerId', 'role', 'scopes', 'pools', 'expiresAt'],
  },
  SignInMethods: {
    type: 'object',
    properties: {
      apiKey: { type: 'boolean' },
      oidc: {
        description: 'null: the deployment has none.',
        type: ['object', 'null'],
        properties: { name: { type: 'string' } },
        required: ['name'],
      },
    },
    required: ['apiKey', 'oidc'],
  },
  Refusal: {
    type: 'object',
    properties: {
      error: {
        type: 'object',
        properties: {
          reason: { type: 'string', description: 'UPPER_SNAKE: what programs branch on.' },
          message: { type: 'string', description: 'For people.' },
          metadata: { type: 'object', additionalProperties: { type: 'string' } },
          requestId: { type: 'string' },
        },
        required: ['reason', 'message', 'metadata', 'requestId'],
      },
    },
    required: ['error'],
  },
} as const;
