import { type LoginResponse, LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import type { ProvenLogin } from '../login/prove-login.ts';
import { toRefusal } from './refusal.ts';
import { toWireUser } from './wire-user.ts';

const SOURCES = { local: LoginSource.LOCAL, custom_database: LoginSource.CUSTOM_DATABASE } as const;

/** How a login ended, for the edge. */
export const toLoginResponse = ({ end, revealDetails }: Omit<ProvenLogin, 'source'>): LoginResponse => {
  if (end.step !== 'authenticated') return { outcome: toRefusal(end, revealDetails) };
  const { user, source, migratedNow } = end;
  const value = { user: toWireUser(user), source: SOURCES[source], migratedNow };
  return { outcome: { $case: 'authenticated', value } };
};
