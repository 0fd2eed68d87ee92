import { Plan as WirePlan, type UserPool as WirePool } from '@userferry/contracts/management/v1/user_pool_service';
import type { Plan } from '@userferry/user-model';
import type { UserPool } from '@userferry/user-store';
import { invalidField, jsonBytes } from './fields.ts';

const WIRE_PLANS = { basic: WirePlan.BASIC, enterprise: WirePlan.ENTERPRISE } as const satisfies Record<Plan, WirePlan>;

/** Throws INVALID_ARGUMENT for a plan that is not set or not known. */
export const planOf = (wire: WirePlan): Plan => {
  if (wire === WirePlan.BASIC) return 'basic';
  if (wire === WirePlan.ENTERPRISE) return 'enterprise';
  throw invalidField('plan', 'must be basic or enterprise');
};

/** A pool as its administrator sees it. */
export const wirePool = ({ id: userPoolId, metadata, plan, trial, ...pool }: UserPool): WirePool => ({
  ...pool,
  userPoolId,
  metadataJson: jsonBytes(metadata),
  plan: WIRE_PLANS[plan],
  trial: trial && { ...trial },
});
