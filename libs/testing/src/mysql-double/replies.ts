/** The bodies of what the server says. */
import { lengthEncoded, lengthText, uint8, uint16, uint32 } from './packets.ts';

const AUTOCOMMIT = 2;
const UTF8MB4 = 45;
const TEXT_TYPE = 253;
const TEXT_COLUMN_BYTES = 1024;

/** An error as the server sends it. */
export type ServerError = { readonly code: number; readonly state: string; readonly message: string };

export const okBody = (): Buffer =>
  Buffer.concat([uint8(0), lengthEncoded(0), lengthEncoded(0), uint16(AUTOCOMMIT), uint16(0)]);

const endBody = (): Buffer => Buffer.concat([uint8(0xfe), uint16(0), uint16(AUTOCOMMIT)]);

export const errorBody = ({ code, state, message }: ServerError): Buffer =>
  Buffer.concat([uint8(0xff), uint16(code), Buffer.from(`#${state}${message}`)]);

export const moreAuthenticationBody = (data: Buffer): Buffer => Buffer.concat([uint8(1), data]);

const columnBody = (name: string): Buffer =>
  Buffer.concat([
    ...['def', 'legacy', 'users', 'users', name, name].map(lengthText),
    lengthEncoded(0x0c),
    uint16(UTF8MB4),
    uint32(TEXT_COLUMN_BYTES),
    uint8(TEXT_TYPE),
    uint16(0),
    uint8(0),
    uint16(0),
  ]);

/** A result set of texts, in the order of the first row's names. */
export const resultSetBodies = (rows: readonly Readonly<Record<string, string | null>>[]): Buffer[] => {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map(columnBody);
  const values = rows.map((row) => Buffer.concat(names.map((name) => lengthText(row[name] ?? null))));
  return [lengthEncoded(names.length), ...columns, endBody(), ...values, endBody()];
};
