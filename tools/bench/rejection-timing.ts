import { createLogin, member, setUpCompany, startLocalWorld } from '@userferry/local-services';
import type { Effort, Figures } from './compare-logins.ts';
import { quantile, rounded } from './statistics.ts';

/**
 * Whether the time of a rejected login tells who is a user, and who has migrated: the same wrong password for somebody
 * whom nobody knows, for a user of the legacy database, and for one who has migrated. All figures ÷ the legacy one's.
 */
export const rejectionTiming = async ({ warmUp, pairs }: Effort): Promise<Figures> => {
  // The limits on wrong passwords are not what is measured here.
  const env = {
    USERFERRY_BCRYPT_COST: '10',
    USERFERRY_ATTEMPTS_PER_IDENTIFIER: '100000',
    USERFERRY_ATTEMPTS_PER_ADDRESS: '1000000',
  };
  await using world = await startLocalWorld({ env });
  const { address, operatorKey, legacy } = world;
  const company = await setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  using login = createLogin({ address, ...company });
  const migrated = member(1);
  await login(migrated.mail, migrated.password);
  const people = { legacy: member(2).mail, unknown: 'nobody@acme.example', migrated: migrated.mail };
  const times = { legacy: [] as number[], unknown: [] as number[], migrated: [] as number[] };
  for (let i = -warmUp; i < pairs; i += 1)
    for (const kind of ['legacy', 'unknown', 'migrated'] as const) {
      const started = performance.now();
      const outcome = await login(people[kind], 'not the password');
      if (outcome?.$case !== 'rejected') throw new Error(`${kind}: expected a rejection, got ${outcome?.$case}`);
      if (i >= 0) times[kind].push(performance.now() - started);
    }
  const ratio = (kind: 'unknown' | 'migrated', share: number) =>
    rounded(quantile(times[kind], share) / quantile(times.legacy, share));
  return {
    unknown_p50_ratio: ratio('unknown', 0.5),
    migrated_p50_ratio: ratio('migrated', 0.5),
    unknown_p95_ratio: ratio('unknown', 0.95),
    migrated_p95_ratio: ratio('migrated', 0.95),
    legacy_p50_ms: rounded(quantile(times.legacy, 0.5)),
  };
};
