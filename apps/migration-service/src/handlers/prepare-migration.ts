import type {
  MigrateUserRequest,
  PrepareMigrationRequest,
  PrepareMigrationResponse,
} from '@userferry/contracts/migration/v1/login_service';
import type { ListeningHandler } from '@userferry/grpc';
import { inSpan } from '@userferry/telemetry';
import type { LoginDeps } from '../login/check-login.ts';
import type { BeginHashAhead } from '../passwords/hash-ahead.ts';
import { invalidField } from './fields.ts';
import { migrated } from './migrate-user.ts';

export const prepareMigration =
  (deps: LoginDeps, beginHash: BeginHashAhead): ListeningHandler<PrepareMigrationRequest, PrepareMigrationResponse> =>
  async (next, call) => {
    const password = passwordIn(await next());
    if (password === undefined) return NOTHING_DONE;
    using ahead = beginHash(password, call.signal);
    const proven = provenIn(await inSpan('wait for the proof', next), password);
    if (proven === undefined) return NOTHING_DONE;
    return { migration: await migrated(proven, call, deps, ahead.take()) };
  };

/** Nothing came, or the server stops. */
const NOTHING_DONE: PrepareMigrationResponse = { migration: undefined };

const passwordIn = (request: PrepareMigrationRequest | undefined): string | undefined => {
  if (request === undefined) return undefined;
  if (request.step?.$case !== 'password') throw invalidField('password', 'has to come first');
  return request.step.value;
};

/** A hash that was begun is the hash of no other password. */
const provenIn = (request: PrepareMigrationRequest | undefined, password: string): MigrateUserRequest | undefined => {
  if (request === undefined) return undefined;
  if (request.step?.$case !== 'proven') throw invalidField('proven', 'has to come after the password');
  const { value: proven } = request.step;
  if (proven.password !== password)
    throw invalidField('proven.password', 'is another one than the script was asked about');
  if (proven.passwordIsNew) throw invalidField('proven.password_is_new', 'was proven by no script');
  return proven;
};
