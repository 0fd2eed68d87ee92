import type { SqlType } from '../types/sql-type.ts';
import { readTypeInfo } from '../types/type-info.ts';
import { readValue } from '../types/value-framing.ts';
import { createByteReader } from './byte-reader.ts';
import { readTransactionDescriptor } from './request-headers.ts';

/** A parameter as it came: `name` without its @, empty when the client sent it by position. */
export type RpcParameter = { name: string; output: boolean; type: SqlType; value: unknown };

/** A remote procedure call (MS-TDS 2.2.6.6). Well-known procedures have their names here, whichever way they came. */
export type RpcRequest = { descriptor: bigint; procedure: string; parameters: RpcParameter[] };

/** A call with a parameter of a type that the double does not speak. */
export type UnknownParameterType = { descriptor: bigint; unknownTypeOf: string };

const PROCEDURES: ReadonlyMap<number, string> = new Map([
  [10, 'sp_executesql'],
  [11, 'sp_prepare'],
  [12, 'sp_execute'],
  [13, 'sp_prepexec'],
  [15, 'sp_unprepare'],
]);

const BY_NUMBER = 0xffff;
const OUTPUT = 0x01;

/** Reads the call. Throws RangeError where the payload ends too early. */
export const readRpcRequest = (payload: Buffer): RpcRequest | UnknownParameterType => {
  const reader = createByteReader(payload);
  const descriptor = readTransactionDescriptor(reader);
  const length = reader.u16();
  const number = length === BY_NUMBER ? reader.u16() : 0;
  const procedure = length === BY_NUMBER ? (PROCEDURES.get(number) ?? `#${number}`) : reader.characters(length);
  reader.skip(2);
  const parameters: RpcParameter[] = [];
  while (reader.remaining() > 0) {
    const name = reader.shortText().replace(/^@/, '');
    const output = (reader.u8() & OUTPUT) !== 0;
    const type = readTypeInfo(reader);
    if (type === undefined) return { descriptor, unknownTypeOf: name };
    parameters.push({ name, output, type, value: readValue(reader, type) });
  }
  return { descriptor, procedure, parameters };
};
