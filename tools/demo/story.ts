import { type LoginResponse, LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import type { LocalPostgres } from '@userferry/local-databases';
import { type Login, member } from '@userferry/local-services';

type Outcome = LoginResponse['outcome'];

/** One line of the story: what is done, what must come of it, and what is told when it does. */
type Chapter = {
  readonly title: string;
  readonly tell: () => Promise<string>;
};

export type StoryDeps = { readonly login: Login; readonly legacy: LocalPostgres; readonly httpUrl: string };

/** The chapters in their order. Each throws when it did not come out as told. */
export const story = ({ login, legacy, httpUrl }: StoryDeps): readonly Chapter[] => {
  const [ada, bob, cy] = [member(1), member(2), member(3)];
  const fromScript = 'the script asked the legacy database; proven, stored here';
  return [
    {
      title: `first login of ${ada.loginName}`,
      tell: async () => authenticated(await login(ada.mail, ada.password), LoginSource.CUSTOM_DATABASE, fromScript),
    },
    {
      title: `second login of ${ada.loginName}`,
      tell: async () =>
        authenticated(
          await login(ada.mail, ada.password),
          LoginSource.LOCAL,
          'answered from our store, the legacy database not asked',
        ),
    },
    {
      title: `${ada.loginName}, migrated, with a wrong password`,
      tell: async () => rejected(await login(ada.mail, 'not it'), 'INVALID_CREDENTIALS'),
    },
    {
      title: `${bob.loginName}, not migrated, with a wrong password`,
      tell: async () => rejected(await login(bob.mail, 'not it'), 'INVALID_CREDENTIALS'),
    },
    {
      title: 'somebody whom nobody knows',
      tell: async () => rejected(await login('nobody@acme.example', 'not it'), 'INVALID_CREDENTIALS'),
    },
    { title: 'the legacy database is stopped', tell: () => legacy.pause().then(() => 'it is down') },
    {
      title: `${ada.loginName}, migrated, logs in all the same`,
      tell: async () =>
        authenticated(await login(ada.mail, ada.password), LoginSource.LOCAL, 'answered from our store'),
    },
    {
      title: `${cy.loginName}, not migrated`,
      tell: async () => undecided(await login(cy.mail, cy.password), 'LEGACY_STORE_UNREACHABLE'),
    },
    { title: 'the legacy database is started again', tell: () => legacy.resume().then(() => 'it is up') },
    {
      title: `first login of ${cy.loginName}`,
      tell: async () => authenticated(await login(cy.mail, cy.password), LoginSource.CUSTOM_DATABASE, fromScript),
    },
    { title: 'the public IPs over HTTP', tell: () => publicIps(`${httpUrl}/api/system/public-ips`) },
  ];
};

const unexpected = (outcome: Outcome, expected: string): Error =>
  new Error(
    `expected ${expected}, got ${JSON.stringify(outcome, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}`,
  );

const authenticated = (outcome: Outcome, source: LoginSource, told: string): string => {
  const migratedNow = source === LoginSource.CUSTOM_DATABASE;
  if (
    outcome?.$case !== 'authenticated' ||
    outcome.value.source !== source ||
    outcome.value.migratedNow !== migratedNow
  )
    throw unexpected(outcome, migratedNow ? 'a login that migrates' : 'a login from our store');
  return `authenticated: ${told}`;
};

const rejected = (outcome: Outcome, reason: string): string => {
  if (outcome?.$case !== 'rejected' || outcome.value.reason !== reason)
    throw unexpected(outcome, `rejected, ${reason}`);
  return `rejected, ${reason}: ${outcome.value.message}`;
};

const undecided = (outcome: Outcome, reason: string): string => {
  if (outcome?.$case !== 'undecided' || outcome.value.reason !== reason)
    throw unexpected(outcome, `undecided, ${reason}`);
  return `undecided, ${reason}: never a wrong password`;
};

const publicIps = async (url: string): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const body = (await response.json()) as { statusCode?: number; data?: { ips?: string[] } };
  if (body.statusCode !== 200 || !body.data?.ips?.length)
    throw new Error(`expected addresses, got ${JSON.stringify(body)}`);
  return `open your firewall for ${body.data.ips.join(', ')}`;
};
