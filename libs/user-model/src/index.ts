export { isJsonObject, objectWithoutCredentials } from './credential-fields.ts';
export { type ExplainedField, explainProfile } from './explain-profile.ts';
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
export { NEW_PASSWORD_BYTES_MAX, newPasswordProblem } from './new-password.ts';
export {
  type ParsedNewProfile,
  type ParsedProfile,
  type ParsedUpdates,
  type ProfileProblem,
  parseNewProfile,
  parseProfile,
  parseProfileJson,
  parseUpdates,
} from './parse-profile.ts';
export { connectionsIncluded, PLANS, type Plan, type PlanFacts, TRIAL_DAYS, type Trial, trialOf } from './plan.ts';
export {
  type Json,
  type JsonObject,
  PROFILE_FIELDS,
  PROFILE_LIMITS,
  type Profile,
  type ProfileField,
} from './profile.ts';
export { storableProblem } from './storable.ts';
export {
  identifiersOf,
  type LoginIdentifier,
  loginIdentifiersOf,
  MIGRATION_STATES,
  type MigrationState,
  type User,
} from './user.ts';
