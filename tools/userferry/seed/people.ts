import type { LegacyStore } from '@userferry/script-templates';
import bcrypt from 'bcrypt';

/** The people of a seed. Their passwords are no secrets: `ada-Secret-1` and so on. */
export const PEOPLE = ['ada', 'grace', 'alan', 'edsger', 'barbara'].map((name, index) => ({
  id: index + 1,
  email: `${name}@example.com`,
  phone: `+1212555010${index + 1}`,
  username: name,
  nickname: name.charAt(0).toUpperCase() + name.slice(1),
  password: `${name}-Secret-1`,
}));

/** Low, so that seeding is quick. */
const BCRYPT_COST = 4;

/** The people with bcrypt hashes in place of their passwords. */
export const hashedPeople = () =>
  Promise.all(PEOPLE.map(async (person) => ({ ...person, password: await bcrypt.hash(person.password, BCRYPT_COST) })));

/** How a store names the nth of them: MongoDB by an ObjectId in hex, the others by a number. */
export const idIn = (store: LegacyStore, n: number): string =>
  store === 'mongodb' ? n.toString(16).padStart(24, '0') : String(n);
