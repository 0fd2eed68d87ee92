import {
  type GetUserPoolRequest,
  type ListAuditEntriesRequest,
  type ListAuditEntriesResponse,
  Plan,
  type SetPlanRequest,
  type StartTrialRequest,
} from '@userferry/contracts/management/v1/user_pool_service';
import type { Handler } from '@userferry/grpc';
import type { HistoryStore } from '../clients/history-store.ts';
import type { PoolStore, VisiblePool } from '../clients/pool-store.ts';
import { invalidField, pageFields } from './fields.ts';

type WithPool = { readonly userPool: VisiblePool };

export const getUserPool =
  (store: Pick<PoolStore, 'getUserPool'>): Handler<GetUserPoolRequest, WithPool> =>
  async ({ userPoolId }, call) => {
    return { userPool: await store.getUserPool(userPoolId, call) };
  };

/** Thirty days of connections, once. */
export const startTrial =
  (store: Pick<PoolStore, 'startTrial'>): Handler<StartTrialRequest, WithPool> =>
  async ({ userPoolId }, call) => {
    return { userPool: await store.startTrial(userPoolId, call) };
  };

/** What a plan costs is between the company and us: only operators set one. */
export const setPlan =
  (store: Pick<PoolStore, 'setPlan'>): Handler<SetPlanRequest, WithPool> =>
  async ({ userPoolId, plan }, call) => {
    if (plan !== Plan.BASIC && plan !== Plan.ENTERPRISE) throw invalidField('plan', 'must be basic or enterprise');
    return { userPool: await store.setPlan(userPoolId, plan, call) };
  };

export const listAuditEntries =
  (history: Pick<HistoryStore, 'listAuditEntries'>): Handler<ListAuditEntriesRequest, ListAuditEntriesResponse> =>
  async ({ userPoolId, ...page }, call) => {
    return history.listAuditEntries({ userPoolId, ...pageFields(page) }, call);
  };
