import { member } from '@userferry/local-services';
import { PEOPLE } from './compare-logins.ts';

/** What the login script of the sample company is called with for the n-th login: its people in turn. */
export const loginArguments = (n: number): readonly unknown[] => {
  const { mail, password } = member((n % PEOPLE) + 1);
  return [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
};
