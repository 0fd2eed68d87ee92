import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLogin,
  type Login,
  member,
  type ServiceLine,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import type { Figures } from '../compare-logins.ts';
import { quantile } from '../statistics.ts';
import { startPostgresRelay } from './postgres-relay.ts';

const WARM_UP = 5;
const LOGINS = 21;
/** Until what a login leaves to be done is done. */
const AFTER_MS = 100;

const COUNTS = ['store_statements', 'store_messages', 'calls_between_services'] as const;

type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

/** What a first login and a second one ask of our store, and how many calls the services make to each other for them. */
export const countsInServices = async (): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  let storePort = 0;
  const relay = stack.use(await startPostgresRelay(() => storePort));
  const storeAddress = (url: string) => {
    storePort = Number(new URL(url).port);
    return url.replace(`:${storePort}/`, `:${relay.port}/`);
  };
  const metrics = createMetricsReader();
  const env = { USERFERRY_BCRYPT_COST: '4', USERFERRY_METRICS_PORT: '0' };
  const world = stack.use(await startLocalWorld({ env, storeAddress, onLine: metrics.onLine }));
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  const login = stack.use(createLogin({ address, ...company, requestIp: '' }));
  const now = async (): Promise<Counts> => {
    const { statements, messages } = relay.sent();
    const calls_between_services = await metrics.callsSoFar();
    return { store_statements: statements, store_messages: messages, calls_between_services };
  };
  return { ...(await countedLogins('first_login', login, now)), ...(await countedLogins('second_login', login, now)) };
};

/** The median of single logins: what the services do by the clock falls into a few of them alone. */
const countedLogins = async (name: string, login: Login, now: () => Promise<Counts>): Promise<Figures> => {
  const all: Counts[] = [];
  for (let n = 1; n <= WARM_UP + LOGINS; n += 1) {
    const before = await now();
    const outcome = await login(member(n).mail, member(n).password);
    if (outcome?.$case !== 'authenticated') throw new Error(`a login ended as ${outcome?.$case}`);
    await sleep(AFTER_MS);
    const after = await now();
    if (n > WARM_UP)
      all.push(Object.fromEntries(COUNTS.map((count) => [count, after[count] - before[count]])) as Counts);
  }
  const median = (count: (typeof COUNTS)[number]) =>
    quantile(
      all.map((each) => each[count]),
      0.5,
    );
  return Object.fromEntries(COUNTS.map((count) => [`${name}_${count}`, median(count)]));
};

const CALLS_MADE = /^userferry_grpc_client_calls_total\{.*\} (\d+)$/gm;

/** Reads what the services show to Prometheus; where, each of them says when it is ready. */
const createMetricsReader = () => {
  const ports = new Set<number>();
  return {
    onLine: ({ facts }: ServiceLine): void => {
      if (facts?.msg === 'ready' && typeof facts.metricsPort === 'number') ports.add(facts.metricsPort);
    },
    callsSoFar: async (): Promise<number> => {
      if (ports.size === 0) throw new Error('no service has said where its metrics are');
      const pages = await Promise.all(
        [...ports].map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
      );
      return pages.flatMap((page) => [...page.matchAll(CALLS_MADE)]).reduce((sum, [, count]) => sum + Number(count), 0);
    },
  };
};
