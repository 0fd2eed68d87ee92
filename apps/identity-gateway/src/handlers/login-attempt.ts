import type { RequestContext, LoginRequest } from '@userferry/contracts/identity/v1/identity_service';
import { type Identifier, identifierProblem } from '@userferry/user-model';
import type { LoginAttempt, RequestFacts } from '../login/login-attempt.ts';
import { invalidField, jsonObject } from './fields.ts';

const PASSWORD_BYTES_MAX = 4096;

/** The attempt that a request describes. Throws INVALID_ARGUMENT naming the field, never its value. */
export const toLoginAttempt = (request: LoginRequest): LoginAttempt => ({
  userPoolId: request.userPoolId,
  identifier: identifierOf(request),
  password: passwordOf(request),
  facts: factsOf(request.context),
});

const identifierOf = ({ identifier }: LoginRequest): Identifier => {
  if (identifier === undefined) throw invalidField('identifier', 'is missing: set email, username or phone');
  const typed = { kind: identifier.$case, value: identifier.value };
  const problem = identifierProblem(typed);
  if (problem !== undefined) throw invalidField(typed.kind, problem);
  return typed;
};

const passwordOf = ({ password }: LoginRequest): string => {
  if (password === '') throw invalidField('password', 'is missing');
  if (Buffer.byteLength(password) > PASSWORD_BYTES_MAX)
    throw invalidField('password', `is longer than ${PASSWORD_BYTES_MAX} bytes`);
  return password;
};

const factsOf = (context: RequestContext | undefined): RequestFacts => ({
  appId: context?.appId ?? '',
  appName: context?.appName ?? '',
  appMetadata: jsonObject('context.app_metadata_json', context?.appMetadataJson ?? new Uint8Array()),
  ip: context?.requestIp ?? '',
  geo: context?.requestGeo === undefined ? null : { ...context.requestGeo },
  body: jsonObject('context.request_body_json', context?.requestBodyJson ?? new Uint8Array()),
});
