import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
  GetUserPoolRequest,
  GetUserPoolResponse,
  ListUserPoolsRequest,
  ListUserPoolsResponse,
  SetPlanRequest,
  SetPlanResponse,
  StartTrialRequest,
  StartTrialResponse,
} from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorOf, authorWhereNamed, invalidField, jsonObjectOf, nameOf, pageOf, storable } from './fields.ts';
import { planOf, wirePool } from './wire-pool.ts';

export const createUserPool =
  ({ pools }: UserStore): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async ({ name, metadataJson, revealRejectionDetails, plan, actor }, call) => {
    const wanted = {
      name: nameOf('name', name),
      metadata: jsonObjectOf('metadata_json', metadataJson),
      plan: plan === 0 ? undefined : planOf(plan),
    };
    const author = authorWhereNamed(actor, call);
    const userPool = wirePool(await pools.create({ ...wanted, revealRejectionDetails }, author));
    return { userPool, audited: author !== undefined };
  };

export const getUserPool =
  ({ pools }: UserStore): Handler<GetUserPoolRequest, GetUserPoolResponse> =>
  async ({ userPoolId }) => ({ userPool: wirePool(await pools.get(userPoolId)) });

const SEARCH_LENGTH_MAX = 256;

/** By name; of all pools only where that was asked for in so many words. */
export const listUserPools =
  ({ pools }: UserStore): Handler<ListUserPoolsRequest, ListUserPoolsResponse> =>
  async ({ all, userPoolIds, search, ...page }) => {
    if (search.length > SEARCH_LENGTH_MAX) throw invalidField('search', 'is too long');
    const wanted = { ids: all ? undefined : userPoolIds, search: storable('search', search) };
    const { items, nextPageToken } = await pools.list(wanted, pageOf(page));
    return { userPools: items.map(wirePool), nextPageToken };
  };

/** Thirty days of connections, once. */
export const startTrial =
  ({ pools }: UserStore): Handler<StartTrialRequest, StartTrialResponse> =>
  async ({ userPoolId, actor }, call) => ({
    userPool: wirePool(await pools.startTrial(userPoolId, authorOf(actor, call))),
  });

export const setPlan =
  ({ pools }: UserStore): Handler<SetPlanRequest, SetPlanResponse> =>
  async ({ userPoolId, plan, actor }, call) => ({
    userPool: wirePool(await pools.setPlan(userPoolId, planOf(plan), authorOf(actor, call))),
  });
