import { invalidField } from './fields.ts';

const PASSWORD_BYTES_MAX = 4096;

/** A password as it was typed. Throws INVALID_ARGUMENT naming the field, never its value. */
export const passwordField = (field: string, password: string): string => {
  if (password === '') throw invalidField(field, 'is missing');
  if (Buffer.byteLength(password) > PASSWORD_BYTES_MAX)
    throw invalidField(field, `is longer than ${PASSWORD_BYTES_MAX} bytes`);
  return password;
};

export const optionalPassword = (field: string, password: string | undefined): string | undefined =>
  password === undefined ? undefined : passwordField(field, password);
