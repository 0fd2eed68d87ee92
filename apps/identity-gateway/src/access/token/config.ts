import { type AcrossRule, webUrl, whole } from '@userferry/process';
import { z } from 'zod';

export const tokenFields = {
  USERFERRY_JWT_ISSUER: webUrl()
    .refine(
      (text) => !/[?#\s]/.test(text),
      'must have neither query nor fragment nor blanks: tokens name it letter by letter',
    )
    .meta({ example: 'https://issuer.example/realm' })
    .optional(),
  USERFERRY_JWT_AUDIENCE: z.string().optional(),
  USERFERRY_JWT_JWKS_URL: webUrl().optional(),
  USERFERRY_JWT_SCOPES_CLAIM: z.string().default('scope'),
  USERFERRY_JWT_POOLS_CLAIM: z.string().default('user_pools'),
  USERFERRY_JWT_CLOCK_SKEW_SECONDS: whole(0, 300).default(30),
};

type Env = z.infer<z.ZodObject<typeof tokenFields>>;

/** What has to hold between them. */
export const tokenRules: readonly AcrossRule<Env>[] = [
  {
    of: ['USERFERRY_JWT_ISSUER', 'USERFERRY_JWT_AUDIENCE', 'USERFERRY_JWT_JWKS_URL'],
    problems: (env) =>
      (env.USERFERRY_JWT_ISSUER === undefined) === (env.USERFERRY_JWT_AUDIENCE === undefined) &&
      (env.USERFERRY_JWT_ISSUER !== undefined || env.USERFERRY_JWT_JWKS_URL === undefined)
        ? []
        : ['USERFERRY_JWT_ISSUER: set it together with USERFERRY_JWT_AUDIENCE, or neither of USERFERRY_JWT_…'],
  },
  {
    of: ['USERFERRY_JWT_SCOPES_CLAIM', 'USERFERRY_JWT_POOLS_CLAIM'],
    problems: (env) =>
      env.USERFERRY_JWT_SCOPES_CLAIM === env.USERFERRY_JWT_POOLS_CLAIM
        ? ['USERFERRY_JWT_POOLS_CLAIM: must not be the claim of USERFERRY_JWT_SCOPES_CLAIM']
        : [],
  },
];

/** Whose tokens are taken; absent where none are. */
export const tokensOf = (env: Env) => {
  const { USERFERRY_JWT_ISSUER: issuer, USERFERRY_JWT_AUDIENCE: audience, USERFERRY_JWT_JWKS_URL: url } = env;
  if (issuer === undefined || audience === undefined) return undefined;
  return {
    issuer,
    audience,
    jwksUrl: url === undefined ? undefined : new URL(url),
    claims: { scopes: env.USERFERRY_JWT_SCOPES_CLAIM, pools: env.USERFERRY_JWT_POOLS_CLAIM },
    clockSkewSeconds: env.USERFERRY_JWT_CLOCK_SKEW_SECONDS,
  };
};
