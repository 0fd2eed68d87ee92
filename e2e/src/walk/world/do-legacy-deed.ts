import bcrypt from 'bcrypt';
import type { LegacyDeed } from '../deed.ts';
import type { Profile } from '../model/people.ts';
import type { Place } from './open-place.ts';

const CHEAP = 4;

const add = async ({ shop }: Place, { email, phone, username, nickname }: Profile, password: string): Promise<void> => {
  const sql = 'INSERT INTO users (email, phone, username, nickname, password) VALUES (?, ?, ?, ?, ?)';
  await shop.query(sql, [email, phone ?? null, username, nickname, await bcrypt.hash(password, CHEAP)]);
};

/** Does what others do in the legacy database, past the scripts. */
export const doLegacyDeed = async (place: Place, deed: LegacyDeed): Promise<void> => {
  const { shop, link } = place;
  const set = (column: string, value: unknown, id: string) =>
    shop.query(`UPDATE users SET ${column} = ? WHERE id = ?`, [value, id]);
  switch (deed.call) {
    case 'legacy: add':
      return add(place, deed.profile, deed.password);
    case 'legacy: set password':
      return void (await set('password', await bcrypt.hash(deed.password, CHEAP), deed.id));
    case 'legacy: set e-mail':
      return void (await set('email', deed.email, deed.id));
    case 'legacy: block':
      return void (await set('blocked', deed.blocked, deed.id));
    case 'legacy: remove':
      return void (await shop.query('DELETE FROM users WHERE id = ?', [deed.id]));
    case 'legacy: goes away':
      return link.set({ kind: 'reset' });
    case 'legacy: comes back':
      return link.set({ kind: 'none' });
  }
};
