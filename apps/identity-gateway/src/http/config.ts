import { isIP } from 'node:net';
import { type AcrossRule, commaList, webUrl } from '@userferry/process';
import { z } from 'zod';

const isNetwork = (text: string): boolean => {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
};

/** Browsers are led back to a path of our own, so that nothing behind the port would be left of it. */
const isWholeHost = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const { pathname, search, hash } = new URL(text);
  return pathname === '/' && search === '' && hash === '';
};

/** What the console and its JSON API read from the environment. */
export const consoleFields = {
  USERFERRY_CONSOLE_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .meta({ example: 'what `openssl rand -hex 32` prints' })
    .optional(),
  USERFERRY_CONSOLE_FOLDER: z.string().optional(),
  USERFERRY_CONSOLE_URL: webUrl()
    .refine(isWholeHost, 'must be where the HTTP port is, without path, query or fragment')
    .meta({ example: 'https://userferry.example' })
    .optional(),
  USERFERRY_CONSOLE_OIDC_CLIENT_ID: z.string().optional(),
  USERFERRY_CONSOLE_OIDC_CLIENT_SECRET: z.string().optional(),
  USERFERRY_CONSOLE_OIDC_NAME: z.string().max(64, 'must have 64 characters at the most').default('Single sign-on'),
  USERFERRY_CONSOLE_OIDC_SCOPES: z
    .string()
    .refine((text) => text.split(/\s+/).includes('openid'), 'must hold "openid", with blanks between')
    .meta({ example: 'openid connections:read' })
    .default('openid'),
  USERFERRY_CONSOLE_OIDC_RESOURCE: z.string().optional(),
  USERFERRY_TRUSTED_PROXIES: commaList()
    .refine((networks) => networks.every(isNetwork), 'must be addresses or networks with commas between')
    .optional(),
};

type Env = z.infer<z.ZodObject<typeof consoleFields>>;

/** Whose tokens are taken; see `access/token/config.ts`. */
type Issuer = { readonly USERFERRY_JWT_ISSUER?: string | undefined };

const OF_A_CLIENT = [
  'USERFERRY_CONSOLE_URL',
  'USERFERRY_CONSOLE_OIDC_CLIENT_SECRET',
  'USERFERRY_CONSOLE_OIDC_RESOURCE',
] as const;

/** What has to hold between them. */
export const consoleRules: readonly AcrossRule<Env & Issuer>[] = [
  {
    of: ['USERFERRY_CONSOLE_OIDC_CLIENT_ID', 'USERFERRY_CONSOLE_URL', 'USERFERRY_JWT_ISSUER'],
    problems: (env) =>
      env.USERFERRY_CONSOLE_OIDC_CLIENT_ID === undefined ||
      (env.USERFERRY_CONSOLE_URL !== undefined && env.USERFERRY_JWT_ISSUER !== undefined)
        ? []
        : ['USERFERRY_CONSOLE_OIDC_CLIENT_ID: needs USERFERRY_CONSOLE_URL and USERFERRY_JWT_ISSUER'],
  },
  ...OF_A_CLIENT.map((name) => ({
    of: ['USERFERRY_CONSOLE_OIDC_CLIENT_ID', name] as const,
    problems: (env: Env) =>
      env[name] !== undefined && env.USERFERRY_CONSOLE_OIDC_CLIENT_ID === undefined
        ? [`${name}: is of no use without USERFERRY_CONSOLE_OIDC_CLIENT_ID`]
        : [],
  })),
];

const oidcOf = (env: Env & Issuer) => {
  const { USERFERRY_JWT_ISSUER: issuer, USERFERRY_CONSOLE_URL: consoleUrl } = env;
  const clientId = env.USERFERRY_CONSOLE_OIDC_CLIENT_ID;
  if (issuer === undefined || consoleUrl === undefined || clientId === undefined) return undefined;
  return {
    name: env.USERFERRY_CONSOLE_OIDC_NAME,
    issuer,
    clientId,
    clientSecret: env.USERFERRY_CONSOLE_OIDC_CLIENT_SECRET,
    scopes: env.USERFERRY_CONSOLE_OIDC_SCOPES,
    resource: env.USERFERRY_CONSOLE_OIDC_RESOURCE,
    consoleUrl,
  };
};

export const consoleOf = (env: Env & Issuer) => ({
  oidc: oidcOf(env),
  consoleFolder: env.USERFERRY_CONSOLE_FOLDER,
  consoleSecret: env.USERFERRY_CONSOLE_SECRET,
  trustedProxies: env.USERFERRY_TRUSTED_PROXIES ?? [],
});
