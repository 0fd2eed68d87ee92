import type {
  CreateUserPoolRequest,
  CreateUserPoolResponse,
  GetUserPoolRequest,
  GetUserPoolResponse,
  SetPlanRequest,
  SetPlanResponse,
  StartTrialRequest,
  StartTrialResponse,
} from '@userferry/contracts/migration/v1/pool_store_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { authorOf, jsonObjectOf, nameOf } from './fields.ts';
import { planOf, wirePool } from './wire-pool.ts';

export const createUserPool =
  ({ pools }: UserStore): Handler<CreateUserPoolRequest, CreateUserPoolResponse> =>
  async ({ name, metadataJson, revealRejectionDetails, plan }) => {
    const wanted = {
      name: nameOf('name', name),
      metadata: jsonObjectOf('metadata_json', metadataJson),
      plan: plan === 0 ? undefined : planOf(plan),
    };
    return { userPool: wirePool(await pools.create({ ...wanted, revealRejectionDetails })) };
  };

export const getUserPool =
  ({ pools }: UserStore): Handler<GetUserPoolRequest, GetUserPoolResponse> =>
  async ({ userPoolId }) => ({ userPool: wirePool(await pools.get(userPoolId)) });

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
