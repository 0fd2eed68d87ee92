/** Which connections may be kept at all: those of drivers whose conversation we can follow. */
import { driverIn } from '../../../bridge/farewells.ts';
import { REUSE } from '../limits.ts';
import type { Follower } from './follower.ts';
import { createHttpFollower } from './http-follower.ts';
import { createMongodbFollower } from './mongodb-follower.ts';
import { createMysqlFollower } from './mysql-follower.ts';
import { createPgFollower } from './pg-follower.ts';
import type { ReuseTerms } from './reuse-terms.ts';
import { credentialsIn, type Target } from './session-key.ts';
import { createTdsFollower } from './tds-follower.ts';
import type { TypedTexts } from './typed-texts.ts';

const FOLLOWERS: ReadonlyMap<string, () => Follower> = new Map([
  ['pg', createPgFollower],
  ['mysql', createMysqlFollower],
  ['http', createHttpFollower],
  ['tds', createTdsFollower],
  ['mongodb', () => createMongodbFollower(false)],
  ['mongodb-login', () => createMongodbFollower(true)],
]);

/** The driver that a key of the guest names, and nothing of what else is in it: that may be a password. */
const driverOf = (key: unknown): string =>
  typeof key === 'string' && key.length <= REUSE.keyCharacters ? driverIn(key) : '';

/** By what a connection is followed that may be kept, and the marks of what it is let in by; undefined for any other. */
export function keepable({ scope }: ReuseTerms, typed: TypedTexts, { key }: Target) {
  const driver = driverOf(key);
  const createFollower = FOLLOWERS.get(driver);
  const credentials = createFollower && credentialsIn(scope, driver, String(key));
  if (createFollower === undefined || credentials === undefined || typed.holdAny(credentials)) return undefined;
  return { createFollower, credentials };
}
