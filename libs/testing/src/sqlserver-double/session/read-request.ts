import type { SeenRequest } from '../double-options.ts';
import { printSqlType, type SqlType } from '../types/sql-type.ts';
import { createByteReader } from '../wire/byte-reader.ts';
import { type Message, PACKET } from '../wire/packets.ts';
import { readTransactionDescriptor } from '../wire/request-headers.ts';
import { type RpcParameter, readRpcRequest } from '../wire/rpc-request.ts';
import type { SessionState } from './session-state.ts';

/** A value that a request brings, under the name that its statement knows it by. */
export type BoundParameter = { name: string; output: boolean; type: SqlType; value: unknown };

/** A batch or a call, read. `execute` is false where a statement is only prepared or forgotten. */
export type Request = {
  descriptor: bigint;
  kind: Exclude<SeenRequest['kind'], 'transaction' | 'cancel'>;
  sql: string;
  procedure: string | undefined;
  parameters: BoundParameter[];
  execute: boolean;
  /** A prepared statement's handle that is given to the client, with the parameter's name. */
  newHandle?: { name: string; value: number };
};

/** Whether the driver sends it of its own accord. */
export const isDriversOwn = ({ kind }: Pick<Request, 'kind'>): boolean => kind === 'settings' || kind === 'check';

/** A request that is answered with this error and nothing else. */
export type RefusedRequest = { descriptor: bigint; refusal: { number: number; message: string; class?: number } };

const isSettings = (sql: string): boolean => sql.split(/[\n;]/).every((line) => /^\s*(set\s.*)?$/i.test(line));

const CHECK = 'SELECT 1;';

const readBatch = (payload: Buffer): Request => {
  const reader = createByteReader(payload);
  const descriptor = readTransactionDescriptor(reader);
  const sql = reader.rest().toString('utf16le');
  const kind = isSettings(sql) ? 'settings' : 'batch';
  return { descriptor, kind, sql, procedure: undefined, parameters: [], execute: true };
};

/** The names that a declaration such as `@a int, @b decimal(9, 2)` gives, in its order. */
const declaredNames = (declaration: string): string[] =>
  Array.from(declaration.matchAll(/(?:^|,)\s*@([\w@#$]+)/g), ([, name = '']) => name);

const bind = (parameters: readonly RpcParameter[], declaration: unknown): BoundParameter[] => {
  const names = declaredNames(String(declaration ?? ''));
  return parameters.map((parameter, at) => ({ ...parameter, name: parameter.name || (names[at] ?? `p${at + 1}`) }));
};

const textOf = (parameter: RpcParameter | undefined): string => String(parameter?.value ?? '');

const kindOf = (sql: string): 'check' | 'query' => (sql === CHECK ? 'check' : 'query');

let handles = 0;

const prepare = (state: SessionState, sql: string, declaration: string): number => {
  handles += 1;
  state.prepared.set(handles, { sql, declaration });
  return handles;
};

const readCall = (payload: Buffer, state: SessionState): Request | RefusedRequest => {
  const call = readRpcRequest(payload);
  const { descriptor } = call;
  if ('unknownTypeOf' in call) {
    const message = `The SQL Server double does not speak the data type of parameter "${call.unknownTypeOf}".`;
    return { descriptor, refusal: { number: 8009, message } };
  }
  const [first, second, third, ...rest] = call.parameters;
  const base = { descriptor, procedure: undefined, execute: true };
  switch (call.procedure.toLowerCase()) {
    case 'sp_executesql':
      return {
        ...base,
        kind: kindOf(textOf(first)),
        sql: textOf(first),
        parameters: bind(call.parameters.slice(2), second?.value),
      };
    case 'sp_prepare':
    case 'sp_prepexec': {
      const sql = textOf(third);
      const newHandle = { name: first?.name ?? '', value: prepare(state, sql, textOf(second)) };
      const execute = call.procedure.toLowerCase() === 'sp_prepexec';
      const parameters = execute ? bind(rest, second?.value) : [];
      return { ...base, kind: execute ? 'query' : 'prepare', sql, parameters, execute, newHandle };
    }
    case 'sp_execute':
    case 'sp_unprepare':
      return useHandle(call.procedure.toLowerCase(), { descriptor, parameters: call.parameters }, state);
    default:
      return { ...base, kind: 'procedure', sql: '', procedure: call.procedure, parameters: bind(call.parameters, '') };
  }
};

const useHandle = (
  procedure: string,
  call: { descriptor: bigint; parameters: RpcParameter[] },
  state: SessionState,
): Request | RefusedRequest => {
  const { descriptor } = call;
  const [first, ...values] = call.parameters;
  const handle = Number(first?.value);
  const prepared = state.prepared.get(handle);
  if (prepared === undefined) {
    return {
      descriptor,
      refusal: { number: 8179, message: `Could not find prepared statement with handle ${handle}.` },
    };
  }
  const { sql, declaration } = prepared;
  if (procedure === 'sp_execute') {
    const parameters = bind(values, declaration);
    return { descriptor, kind: 'execute', sql, procedure: undefined, parameters, execute: true };
  }
  state.prepared.delete(handle);
  return { descriptor, kind: 'unprepare', sql, procedure: undefined, parameters: [], execute: false };
};

/** Reads a batch or a call and keeps the session's prepared statements. Throws RangeError on a broken payload. */
export const readRequest = (message: Message, state: SessionState): Request | RefusedRequest =>
  message.type === PACKET.batch ? readBatch(message.payload) : readCall(message.payload, state);

/** The parameters' values by name. */
export const valuesByName = (parameters: readonly BoundParameter[]): Record<string, unknown> =>
  Object.fromEntries(parameters.map(({ name, value }) => [name, value]));

/** The parameters' types by name. */
export const declaredByName = (
  parameters: readonly BoundParameter[],
): Record<string, { type: string; output: boolean }> =>
  Object.fromEntries(parameters.map(({ name, type, output }) => [name, { type: printSqlType(type), output }]));
