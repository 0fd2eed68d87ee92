import type { Identifier as WireIdentifier } from '@userferry/contracts/migration/v1/login_service';
import { ServiceError } from '@userferry/errors';
import type { CallFacts } from '@userferry/grpc';
import {
  type ExternalId,
  externalIdProblem,
  type Identifier,
  identifierProblem,
  type JsonObject,
  storableProblem,
} from '@userferry/user-model';
import type { AuditedCall, Author, Page } from '@userferry/user-store';

/** INVALID_ARGUMENT that names the field and repeats nothing of it. */
export const invalidField = (field: string, problem: string): ServiceError =>
  new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });

/** What the user typed. Throws INVALID_ARGUMENT. */
export const identifierOf = (wire: WireIdentifier | undefined): Identifier => {
  if (wire?.identifier === undefined) throw invalidField('identifier', 'is missing');
  const { $case: kind, value } = wire.identifier;
  const problem = identifierProblem({ kind, value });
  if (problem !== undefined) throw invalidField(kind, problem);
  return { kind, value };
};

/** A legacy id; its type is kept. Throws INVALID_ARGUMENT. */
export const externalIdOf = (field: string, value: ExternalId): ExternalId => {
  const problem = externalIdProblem(value);
  if (problem !== undefined) throw invalidField(field, problem);
  return value;
};

/** Hands a value on that the database can keep. Throws INVALID_ARGUMENT. */
export const storable = <T>(field: string, value: T): T => {
  const problem = storableProblem(value);
  if (problem !== undefined) throw invalidField(field, problem);
  return value;
};

/** A whole number where there is one; one that is too large for a number is no version of anything. */
export const optionalNumber = (value: bigint | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

/** Text of 1 to 256 characters. Throws INVALID_ARGUMENT. */
export const nameOf = (field: string, value: string): string => {
  if (value === '' || value.length > 256) throw invalidField(field, 'must have 1 to 256 characters');
  return storable(field, value);
};

const SCOPES_MAX = 64;

/** Words of scopes, which the gateway knows the meaning of; none stand for all. Throws INVALID_ARGUMENT. */
export const scopesOf = (scopes: readonly string[]): readonly string[] | undefined => {
  if (scopes.length > SCOPES_MAX) throw invalidField('scopes', 'are too many');
  return scopes.length === 0 ? undefined : scopes.map((scope) => nameOf('scopes', scope));
};

/** Who does it, for the audit: an API key's id, and the request. Throws INVALID_ARGUMENT. */
export const authorOf = (actor: string, { requestId }: Pick<CallFacts, 'requestId'>): Author => ({
  actor: nameOf('actor', actor),
  requestId,
});

/** The same; nobody where a gateway of the version before names nobody, which writes the entry itself. Throws INVALID_ARGUMENT. */
export const authorWhereNamed = (actor: string, call: Pick<CallFacts, 'requestId'>): Author | undefined =>
  actor === '' ? undefined : authorOf(actor, call);

/** The same with the call that was made. Throws INVALID_ARGUMENT. */
export const auditedCallOf = (
  { actor, auditAction }: { actor: string; auditAction: string },
  call: Pick<CallFacts, 'requestId'>,
): AuditedCall => ({ ...authorOf(actor, call), action: nameOf('audit_action', auditAction) });

/** Which page; its token is looked at by the store. Throws INVALID_ARGUMENT. */
export const pageOf = ({ pageSize: size, pageToken: token }: { pageSize: number; pageToken: string }): Page => {
  if (size < 0) throw invalidField('page_size', 'must not be negative');
  return { size, token };
};

/** A JSON object; no bytes are an empty one. Throws INVALID_ARGUMENT. */
export const jsonObjectOf = (field: string, bytes: Uint8Array): JsonObject => {
  const value = bytes.length === 0 ? {} : parse(field, bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidField(field, 'must be a JSON object');
  return storable(field, value as JsonObject);
};

const parse = (field: string, bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw invalidField(field, 'is not JSON');
  }
};

/** JSON as it travels. */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
