import { connectionEnv } from '@userferry/script-contract';

/** Where the legacy user store is, as it is typed: a URI and its fields, each filled in from the other. */
export type AddressDraft = {
  readonly uri: string;
  readonly host: string;
  readonly port: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Which of the two was typed last: it is the one that is sent. */
  readonly typed: 'nothing' | 'uri' | 'fields';
};

export type AddressField = 'host' | 'port' | 'username' | 'password' | 'database';

export const EMPTY_ADDRESS: AddressDraft = {
  uri: '',
  host: '',
  port: '',
  username: '',
  password: '',
  database: '',
  typed: 'nothing',
};

/** A URI was typed: its parts fill the fields in. One that cannot be read leaves them as they are. */
export const withUri = (draft: AddressDraft, uri: string): AddressDraft => {
  const parsed = connectionEnv({ uri: uri.trim() });
  if (!parsed.ok) return { ...draft, uri, typed: 'uri' };
  const { DB_HOST, DB_PORT, DB_USERNAME, DB_PASSWORD, DB_DATABASE } = parsed.env;
  return {
    uri,
    host: DB_HOST ?? '',
    port: DB_PORT ?? '',
    username: DB_USERNAME ?? '',
    password: DB_PASSWORD ?? '',
    database: DB_DATABASE ?? '',
    typed: 'uri',
  };
};

/** A field was typed: the URI is written anew. Kind of store and options of a URI that was there stay. */
export const withField = (draft: AddressDraft, field: AddressField, value: string): AddressDraft => {
  const changed: AddressDraft = { ...draft, [field]: value, typed: 'fields' };
  const uri = uriOf(changed);
  return uri === undefined ? changed : { ...changed, uri };
};

const PARTS = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]*(?:\/[^?#]*)?([?#].*)?$/i;

const uriOf = (draft: AddressDraft): string | undefined => {
  const { host, port, username, password, database } = draft;
  const parsed = connectionEnv({ fields: { host, port: Number(port || 0), username, password, database } });
  const written = parsed.ok ? parsed.env.DB_CONNECTION_URI : undefined;
  const [, scheme, options = ''] = PARTS.exec(draft.uri.trim()) ?? [];
  if (written === undefined || scheme === undefined) return written;
  return `${written.replace(/^[^:]+/, scheme)}${options}`;
};

/** What is wrong with it, by field; nothing of it is wrong as long as nothing is typed. */
export const addressProblems = (draft: AddressDraft): { readonly uri?: string; readonly fields?: string } => {
  if (draft.typed === 'nothing') return {};
  if (draft.typed === 'uri') {
    const parsed = connectionEnv({ uri: draft.uri.trim() });
    return parsed.ok ? {} : { uri: `The URI ${parsed.problem}.` };
  }
  const { host, port, username, password, database } = draft;
  const parsed = connectionEnv({ fields: { host, port: Number(port || 0), username, password, database } });
  return parsed.ok ? {} : { fields: `The address ${parsed.problem}.` };
};

/** What comes before a password: kind of store, where there is one, and the user's name. */
const BEFORE_PASSWORD = /\s*(?:[a-z][a-z0-9+.-]*:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))[^:]*:/;
const PASSWORD = new RegExp(`^(${BEFORE_PASSWORD.source}).*@`, 'is');

/**
 * The URI with its password covered, for when nobody is typing in it. A password that should have been escaped may hold any
 * character: it ends at the last `@` of all. Better to cover too much than too little.
 */
export const coveredUri = (uri: string): string =>
  uri.replace(PASSWORD, '$1••••••@').replace(/([?&][^=&]*(?:pass|pwd|secret|token|key)[^=&]*=)[^&]*/gi, '$1••••••');
