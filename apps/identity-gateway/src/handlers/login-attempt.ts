import type { LoginRequest } from '@userferry/contracts/identity/v1/identity_service';
import { type Identifier, identifierProblem } from '@userferry/user-model';
import type { LoginAttempt } from '../login/login-attempt.ts';
import { invalidField } from './fields.ts';
import { passwordField } from './password.ts';
import { requestFacts } from './request-facts.ts';

/** The attempt that a request describes. Throws INVALID_ARGUMENT naming the field, never its value. */
export const toLoginAttempt = (request: LoginRequest): LoginAttempt => ({
  userPoolId: request.userPoolId,
  identifier: identifierOf(request),
  password: passwordField('password', request.password),
  facts: requestFacts(request.context, [request.password]),
});

const identifierOf = ({ identifier }: LoginRequest): Identifier => {
  if (identifier === undefined) throw invalidField('identifier', 'is missing: set email, username or phone');
  const typed = { kind: identifier.$case, value: identifier.value };
  const problem = identifierProblem(typed);
  if (problem !== undefined) throw invalidField(typed.kind, problem);
  return typed;
};
