/** 12300, 123e2 and 1.23e4 have the digits 123. */
const digitsOf = (number: string): string => number.replace(/e.*/i, '').replace('.', '').replace(/0+$/, '');

const isRounded = (source: string, value: number): boolean => {
  if (!Number.isFinite(value)) return true;
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return false;
  return digitsOf(source) !== digitsOf(String(value));
};

/**
 * Whether a JSON text has a whole number beyond 2^53 that JavaScript would write with other digits, or a number for which it
 * has no room. Fractions are rounded, as by everybody who reads JSON.
 */
export const roundsNumbers = (json: string): boolean => {
  let rounded = false;
  JSON.parse(json, (_, value: unknown, { source = '' }: { readonly source?: string } = {}) => {
    rounded ||= typeof value === 'number' && isRounded(source, value);
    return value;
  });
  return rounded;
};
