export {
  EXTERNAL_ID_BYTES_MAX,
  type ExternalId,
  type ExternalIdKey,
  externalIdKey,
  externalIdOf,
  externalIdProblem,
} from './external-id.ts';
export {
  IDENTIFIER_BYTES_MAX,
  IDENTIFIER_KINDS,
  type Identifier,
  type IdentifierKind,
  identifierKey,
  identifierProblem,
} from './identifier.ts';
export { type ParsedProfile, type ProfileProblem, parseProfile, parseProfileJson } from './parse-profile.ts';
export {
  type Json,
  type JsonObject,
  PROFILE_FIELDS,
  PROFILE_LIMITS,
  type Profile,
  type ProfileField,
} from './profile.ts';
export { storableProblem } from './storable.ts';
export { identifiersOf, MIGRATION_STATES, type MigrationState, type User } from './user.ts';
