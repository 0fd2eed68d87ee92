import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { MEMBERS, member } from '@userferry/local-services';
import { WRONG_PASSWORD_SHARE } from './day.ts';
import type { Tenant } from './tenants.ts';

/** What became of a login: what the answer says, or that there was none. */
export type Login = {
  readonly part: string;
  readonly tenant: Tenant;
  readonly ms: number;
  readonly outcome: 'authenticated' | 'rejected' | 'undecided' | 'error' | 'none';
  /** Of a login that is not decided, or of an error. */
  readonly reason: string;
  readonly migratedNow: boolean;
};

export type Stream = {
  readonly url: string;
  readonly part: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly tenants: readonly Tenant[];
  readonly random: () => number;
};

/** What travels with a request to its answer. */
type Labels = { readonly tenant: Tenant; readonly startedMs: number };
type Sent = ClientRequest & { labels?: Labels };
type Request = (params: object, onResponse: (response: IncomingMessage) => void) => Sent;
type Status = { readonly statusCode: number; readonly body: string; readonly labels: Labels };

/** The few first have most of the logins, as companies do. */
const pick = (tenants: readonly Tenant[], random: () => number): Tenant => {
  const weightOf = (_: Tenant, place: number) => 1 / (place + 1);
  const total = tenants.map(weightOf).reduce((sum, weight) => sum + weight, 0);
  let left = random() * total;
  const picked = tenants.find((tenant, place) => {
    left -= weightOf(tenant, place);
    return left < 0;
  });
  return picked ?? (tenants[0] as Tenant);
};

const bodyOf = (tenant: Tenant, random: () => number): string => {
  const { mail, password } = member(1 + Math.floor(random() * MEMBERS));
  const typed = random() < WRONG_PASSWORD_SHARE ? `${password}?` : password;
  return JSON.stringify({ userPoolId: tenant.userPoolId, email: mail, password: typed });
};

/**
 * Sends logins over the JSON API at a fixed rate, whatever becomes of those before them (open-loop arrival, by `loadtest`),
 * and resolves when the last one has been answered or has failed.
 */
export const arrive = async (stream: Stream): Promise<readonly Login[]> => {
  const { url, part, seconds, perSecond, tenants, random } = stream;
  const count = Math.max(1, Math.round(seconds * perSecond));
  const logins: Login[] = [];
  const agent = new Agent({ keepAlive: true });
  const requestGenerator = (_: unknown, params: object, request: Request, onResponse: (r: IncomingMessage) => void) => {
    const tenant = pick(tenants, random);
    const body = bodyOf(tenant, random);
    const headers = {
      authorization: `Bearer ${tenant.edgeKey}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request({ ...params, method: 'POST', headers, agent }, onResponse);
    sent.labels = { tenant, startedMs: performance.now() };
    sent.once('error', () => logins.push({ ...NO_ANSWER, part, tenant }));
    sent.write(body);
    return sent;
  };
  const statusCallback = (_: unknown, status?: Status) => {
    if (status !== undefined) logins.push(loginOf(part, status));
  };
  const options = {
    url,
    maxRequests: count,
    requestsPerSecond: perSecond,
    quiet: true,
    requestGenerator,
    statusCallback,
  };
  const { loadTest } = await import('loadtest');
  await new Promise<void>((resolve, reject) => {
    loadTest(options, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
  agent.destroy();
  return logins;
};

const NO_ANSWER = { ms: 0, outcome: 'none', reason: 'none', migratedNow: false } as const;

type Answer = {
  readonly authenticated?: { readonly migratedNow: boolean };
  readonly rejected?: { readonly reason: string };
  readonly undecided?: { readonly reason: string };
  readonly error?: { readonly reason: string };
};

const loginOf = (part: string, { statusCode, body, labels }: Status): Login => {
  const known = { part, tenant: labels.tenant, ms: performance.now() - labels.startedMs, migratedNow: false };
  const { authenticated, rejected, undecided, error } = JSON.parse(body) as Answer;
  if (statusCode !== 200) return { ...known, outcome: 'error', reason: error?.reason ?? String(statusCode) };
  if (authenticated !== undefined)
    return { ...known, outcome: 'authenticated', reason: '', migratedNow: authenticated.migratedNow };
  if (rejected !== undefined) return { ...known, outcome: 'rejected', reason: rejected.reason };
  return { ...known, outcome: 'undecided', reason: undecided?.reason ?? 'none' };
};
