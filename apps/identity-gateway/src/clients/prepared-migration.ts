import type { LoginServiceClient, MigrateUserRequest } from '@userferry/contracts/migration/v1/login_service';
import type { ServiceError } from '@userferry/errors';
import type { CallFacts, PromiseClient } from '@userferry/grpc';
import type { LoginAttempt } from '../login/login-attempt.ts';
import { type Migration, type MigrationRequest, toMigrateRequest, toMigration } from './migration.ts';

/** A migration of which the store knows that it may come. Disposed of without a proof, it does not. */
export type PreparedMigration = Disposable & {
  /** The script has proven the attempt's password. As `migrateUser`. */
  readonly migrate: (proven: Pick<MigrationRequest, 'connectionId' | 'profileJson'>) => Promise<Migration>;
};

type Client = Pick<PromiseClient<LoginServiceClient>, 'migrateUser' | 'prepareMigration'>;

/** Lets the store begin while a script runs: the way to it is open then, and our hash of the password perhaps made. */
export const prepareMigration = (client: Client, attempt: LoginAttempt, call: CallFacts): PreparedMigration => {
  const { send, end, answer } = client.prepareMigration(call);
  send({ step: { $case: 'password', value: attempt.password } });
  const prepared = async (proven: MigrateUserRequest): Promise<Migration | undefined> => {
    send({ step: { $case: 'proven', value: proven } });
    end();
    const { migration } = await answer;
    return migration && toMigration(migration);
  };
  return {
    migrate: async (proven) => {
      const request = toMigrateRequest({ attempt, ...proven, passwordIsNew: false }, call);
      const migration = await prepared(request).catch(({ reason }: ServiceError) => {
        call.log.info({ reason }, 'a prepared migration came to nothing: asking for it anew');
      });
      // A replica that stopped, died or knows no such call: whatever it was, this way tells, and a repeat does no harm.
      return migration ?? toMigration(await client.migrateUser(request, call));
    },
    [Symbol.dispose]: end,
  };
};
