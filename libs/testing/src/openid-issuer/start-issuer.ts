import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export type IssuerOptions = {
  readonly redirectUri: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  /** The scopes of ours that it may give. */
  readonly scopes: string;
  /** More claims of its access tokens. */
  readonly claims: Readonly<Record<string, unknown>>;
};

/** A real issuer of OpenID Connect on loopback, made by others; whoever signs in there is who they say they are. */
export const startIssuer = async (options: IssuerOptions) => {
  const server = createServer((request, response) => provider.callback()(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configurationOf(options));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { issuer, [Symbol.asyncDispose]: async () => void (await stop()) };
};

const configurationOf = ({ redirectUri, clientId, clientSecret, audience, scopes, claims }: IssuerOptions) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const resource = {
    scope: scopes,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: 600,
    jwt: { sign: { alg: 'RS256' } },
  };
  return {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k1' }] },
    cookies: { keys: ['for-tests'] },
    pkce: { required: () => true },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => resource, useGrantedResource: () => true },
    },
    extraTokenClaims: () => claims,
  };
};
