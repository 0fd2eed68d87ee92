import {
  type CheckLoginRequest,
  type CheckLoginResponse,
  LocalVerdict,
} from '@userferry/contracts/migration/v1/login_service';
import type { Handler } from '@userferry/grpc';
import type { LoginFacts } from '@userferry/user-store';
import { checkLogin as check, type LoginDeps } from '../login/check-login.ts';
import { identifierOf, jsonBytes } from './fields.ts';
import { wireUser } from './wire-user.ts';

const VERDICTS = {
  verified: LocalVerdict.VERIFIED,
  wrong_password: LocalVerdict.WRONG_PASSWORD,
  unknown: LocalVerdict.UNKNOWN,
  locked: LocalVerdict.LOCKED,
  tombstoned: LocalVerdict.TOMBSTONED,
} as const;

const wirePool = ({ name, metadata, revealRejectionDetails }: LoginFacts['pool']) => ({
  name,
  metadataJson: jsonBytes(metadata),
  revealRejectionDetails,
});

const wireConnection = (connection: LoginFacts['connection']) =>
  connection && {
    connectionId: connection.connectionId,
    version: BigInt(connection.version),
    enabled: connection.enabled,
  };

export const checkLogin =
  (deps: LoginDeps): Handler<CheckLoginRequest, CheckLoginResponse> =>
  async ({ userPoolId, identifier, password }, { signal }) => {
    const attempt = { userPoolId, identifier: identifierOf(identifier), password };
    const { answer, facts } = await check(attempt, signal, deps);
    return {
      verdict: VERDICTS[answer.verdict],
      user: answer.verdict === 'verified' ? wireUser(answer.user) : undefined,
      pool: wirePool(facts.pool),
      connection: wireConnection(facts.connection),
    };
  };
