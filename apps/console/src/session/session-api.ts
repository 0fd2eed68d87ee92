import { send } from '../api/send.ts';

/** Who is signed in: what the cookie, which this page cannot read, stands for. */
export type SessionFacts = {
  /** Of the key, or of the account at the issuer. */
  readonly callerId: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** `*` for an operator. */
  readonly pools: readonly string[];
  readonly expiresAt?: string;
};

export type SignInMethods = { readonly apiKey: boolean; readonly oidc: { readonly name: string } | null };

const PATH = '/api/v1/session';

export const OIDC_PATH = `${PATH}/oidc`;

/** The key goes into this one request and nowhere else; from then on there is the cookie. */
export const signIn = (apiKey: string): Promise<SessionFacts> => send('POST', PATH, { apiKey });

export const signOut = (): Promise<unknown> => send('DELETE', PATH);

export const readSession = (): Promise<SessionFacts> => send('GET', PATH);

export const readMethods = (): Promise<SignInMethods> => send('GET', `${PATH}/methods`);
