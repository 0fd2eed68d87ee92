import type { X509Certificate } from 'node:crypto';

const signed = (by: X509Certificate, one: X509Certificate): boolean => one.checkIssued(by) && one.verify(by.publicKey);

/**
 * Until when a certificate is believed, in epoch milliseconds: the first to end on its way up to an authority, and where
 * several ways lead to one, on that which lasts longest. Undefined: none does.
 */
export const vouchedUntil = (
  one: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): number | undefined => {
  // One that has been looked at is not looked at again: certificates that sign each other end.
  const others = between.filter((each) => each !== one);
  const ways = [
    ...authorities.filter((each) => signed(each, one)).map((each) => Number(each.validToDate)),
    ...others.filter((each) => signed(each, one)).map((each) => vouchedUntil(each, others, authorities)),
  ].filter((ends) => ends !== undefined);
  return ways.length === 0 ? undefined : Math.min(Number(one.validToDate), Math.max(...ways));
};
