import type { Connection, ConnectionMode, Isolation } from '@userferry/contracts/json-types';
import { ADDRESS_VARIABLES, egressHostProblem } from '@userferry/script-contract';
import type { RequestOf } from '../../api/call.ts';
import { type AddressDraft, addressProblems, EMPTY_ADDRESS } from './address-draft.ts';
import { type EnvRow, envChanges, nameProblem, savedRow } from './env-draft.ts';

export type EgressRow = { readonly key: number; readonly host: string; readonly port: string };

/** The connection's settings as they stand in the form. */
export type ConnectionDraft = {
  readonly mode: ConnectionMode;
  readonly address: AddressDraft;
  readonly env: readonly EnvRow[];
  readonly egress: readonly EgressRow[];
  /** A password is saved, which nobody is shown. */
  readonly hasPassword: boolean;
  readonly isolation: Isolation;
};

let lastKey = 0;

export const egressRow = (host = '', port = ''): EgressRow => {
  lastKey += 1;
  return { key: lastKey, host, port };
};

/** What is saved, as far as it may be seen. */
export const draftOf = (connection: Connection | undefined): ConnectionDraft => ({
  mode: connection?.mode ?? 'CONNECTION_MODE_LAZY_MIGRATION',
  address: savedAddress(connection),
  env: ownNames(connection).map(savedRow),
  hasPassword: connection?.address?.hasPassword === true,
  egress: (connection?.egress ?? []).map(({ host, port }) => egressRow(host, port === 0 ? '' : String(port))),
  isolation: connection?.isolation ?? 'ISOLATION_UNSPECIFIED',
});

const isAddressName = (name: string): boolean => (ADDRESS_VARIABLES as readonly string[]).includes(name);

const ownNames = (connection: Connection | undefined): readonly string[] =>
  (connection?.envNames ?? []).filter((name) => !isAddressName(name));

const savedAddress = (connection: Connection | undefined): AddressDraft => {
  const saved = connection?.address;
  if (saved === undefined) return EMPTY_ADDRESS;
  const { host, port, username, database } = saved;
  return { ...EMPTY_ADDRESS, host, port: port === 0 ? '' : String(port), username, database };
};

export const egressProblem = ({ host, port }: EgressRow): string | undefined => {
  if (host === '' && port === '') return undefined;
  if (host.trim() === '') return 'Name a host, an address or a range.';
  const problem = egressHostProblem(host.trim());
  if (problem !== undefined) return `${host} ${problem}.`;
  return port === '' || (/^\d{1,5}$/.test(port) && Number(port) <= 65535 && Number(port) > 0)
    ? undefined
    : 'A port is a number from 1 to 65535, or blank for any.';
};

/** Whether anything in the form could not be saved. */
export const hasProblems = (draft: ConnectionDraft): boolean => {
  const { uri, fields } = addressProblems(draft.address);
  return (
    uri !== undefined ||
    fields !== undefined ||
    draft.env.some((row) => nameProblem(draft.env, row) !== undefined) ||
    draft.egress.some((row) => egressProblem(row) !== undefined)
  );
};

/** The destinations as they are sent. */
export const rules = (rows: readonly EgressRow[]) =>
  rows
    .filter(({ host }) => host.trim() !== '')
    .map(({ host, port }) => ({ host: host.trim(), port: Number(port || 0) }));

/** Whether the form differs from what is saved. */
export const isChanged = (draft: ConnectionDraft, saved: ConnectionDraft): boolean =>
  draft.mode !== saved.mode ||
  draft.isolation !== saved.isolation ||
  draft.address.typed !== 'nothing' ||
  envChanges(draft.env).changed ||
  JSON.stringify(rules(draft.egress)) !== JSON.stringify(rules(saved.egress));

/** What is sent to save it. */
export const saveRequest = (
  userPoolId: string,
  draft: ConnectionDraft,
  saved: ConnectionDraft,
): RequestOf<'ConnectionService', 'SaveConnection'> => {
  const { env, keepEnvNames, changed } = envChanges(draft.env);
  return {
    userPoolId,
    mode: draft.mode,
    ...addressOf(draft.address, saved.address, saved.hasPassword),
    ...(changed ? { env, keepEnvNames } : { keepEnv: true }),
    egress: rules(draft.egress),
    isolation: draft.isolation,
  };
};

const addressOf = (address: AddressDraft, saved: AddressDraft, hasPassword: boolean) => {
  if (address.typed === 'nothing') return {};
  // what a URI holds beyond the fields (its kind and options) was typed as a URI, and is sent as one
  if (address.typed === 'uri' || /\?|^mongodb\+srv:/.test(address.uri)) return { address: { uri: address.uri.trim() } };
  const { host, port, username, password, database } = address;
  const keepPassword = password === '' && host === saved.host && port === saved.port && hasPassword;
  return { address: { fields: { host, port: Number(port || 0), username, password, database, keepPassword } } };
};
