import type {
  CountLeftBehindRequest,
  CountLeftBehindResponse,
} from '@userferry/contracts/migration/v1/history_service';
import type { Handler } from '@userferry/grpc';
import type { ExternalId } from '@userferry/user-model';
import type { UserStore } from '@userferry/user-store';
import { externalIdOf, invalidField } from './fields.ts';

/** As many as one call takes. */
const REFS_MAX = 10_000;

const externalIdIn = ({ ref }: CountLeftBehindRequest['refs'][number]): ExternalId => {
  if (ref === undefined || ref.$case === 'userId') throw invalidField('refs', 'must be legacy ids');
  return externalIdOf('refs', ref.value);
};

/** How many of these users have neither migrated nor been deleted here. */
export const countLeftBehind =
  ({ progress }: UserStore): Handler<CountLeftBehindRequest, CountLeftBehindResponse> =>
  async ({ userPoolId, refs }) => {
    if (refs.length > REFS_MAX) throw invalidField('refs', `must be at most ${REFS_MAX}`);
    return { leftBehind: BigInt(await progress.leftBehind(userPoolId, refs.map(externalIdIn))) };
  };
