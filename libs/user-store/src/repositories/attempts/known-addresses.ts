/**
 * Where a user who is here has logged in before, wrong passwords from elsewhere do not have them wait: else whoever sends one
 * now and then keeps anybody out. Attempts from there have a count of their own. Source: OWASP, "Slow Down Online Guessing
 * Attacks with Device Cookies", by addresses rather than cookies, which no edge passes on.
 */
import { type Identifier, identifierKey } from '@userferry/user-model';
import { isUuid } from '../../require-pool.ts';

/** Of an address, so many bytes of a MAC: they name it to nobody, nor tell that two users share it. */
const MARK_BYTES = 8;
/** The latest are kept: a phone has another address every day. */
const ADDRESSES_MAX = 16;

type Mac = (...parts: string[]) => Buffer;
type Subject = { readonly userPoolId: string; readonly who: Identifier; readonly address: string };

/** The values of somebody whom no identifier names, or who comes from nobody knows where. */
export const NOWHERE: readonly unknown[] = [null, null, null, null, null];

/** Who comes from where, as the five values of the texts below: whom to look for, the mark to find, and the key of the count. */
export const placeOf = ({ userPoolId, who, address }: Subject, mac: Mac): readonly unknown[] => {
  if (address === '' || !isUuid(userPoolId)) return NOWHERE;
  const normalised = identifierKey(who);
  const mark = mac('known', who.kind, normalised, address).subarray(0, MARK_BYTES);
  return [userPoolId, who.kind, normalised, mark, mac('place', who.kind, normalised, address)];
};

const isNamed = (first: number): string => `
  i.user_pool_id = $${first}::uuid AND i.kind = $${first + 1}::text AND i.normalised = $${first + 2}::text`;

/** Whether the user has logged in from there: of the parameters of `placeOf`, which begin with `first`. */
export const isKnown = (first: number): string => `
  EXISTS (SELECT FROM user_identifiers AS i JOIN credentials AS k ON k.user_id = i.user_id
    WHERE ${isNamed(first)} AND position($${first + 3}::bytea IN k.known_addresses) > 0)`;

/** Notes that the user has logged in from there, if `condition` holds; writes nothing where that is known. */
export const noteAddress = (first: number, condition: string): string => {
  const mark = `$${first + 3}::bytea`;
  return `
    UPDATE credentials AS k
    SET known_addresses = substring(${mark} || coalesce(k.known_addresses, '') FROM 1 FOR ${MARK_BYTES * ADDRESSES_MAX})
    FROM user_identifiers AS i
    WHERE ${isNamed(first)} AND k.user_id = i.user_id AND ${mark} IS NOT NULL
      AND coalesce(position(${mark} IN k.known_addresses), 0) = 0 AND ${condition}`;
};
