export { isJsonObject, objectWithoutCredentials } from './credential-fields.ts';
export { type ExplainedField, explainProfile } from './explain-profile.ts';
export {
  type ExternalId,
  type ExternalIdKey,
  externalIdKey,
  externalIdOf,
  externalIdProblem,
} from './external-id.ts';
export {
  IDENTIFIER_KINDS,
  type Identifier,
  type IdentifierKind,
  identifierKey,
  identifierProblem,
} from './identifier.ts';
export { newPasswordProblem } from './new-password.ts';
export {
  type ParsedNewProfile,
  type ParsedProfile,
  type ParsedUpdates,
  type ProfileProblem,
  parseNewProfile,
  parseProfile,
  parseProfileJson,
  parseUpdates,
  problemsText,
} from './parse-profile.ts';
export { connectionsIncluded, type Plan, type PlanFacts, type Trial, trialOf } from './plan.ts';
export {
  type Json,
  type JsonObject,
  PROFILE_FIELDS,
  PROFILE_LIMITS,
  type Profile,
  type ProfileField,
} from './profile.ts';
export { storableProblem } from './storable.ts';
export { textProblem } from './text.ts';
export {
  identifiersOf,
  type LoginIdentifier,
  loginIdentifiersOf,
  type MigrationState,
  type User,
} from './user.ts';
export { withoutPassword } from './without-password.ts';
