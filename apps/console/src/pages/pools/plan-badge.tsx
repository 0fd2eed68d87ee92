import type { UserPool } from '@userferry/contracts/json-types';
import { Badge } from '../../components/badge.tsx';

/** A pool's plan and trial in a few words. */
export const PlanBadge = ({ pool: { plan, trial } }: { readonly pool: UserPool }) => {
  if (plan === 'PLAN_ENTERPRISE') return <Badge tone="good">Enterprise</Badge>;
  if (trial === undefined) return <Badge tone="plain">Basic</Badge>;
  if (trial.daysLeft === 0) return <Badge tone="warn">Basic, trial over</Badge>;
  return <Badge tone="good">{`Trial, ${trial.daysLeft} ${trial.daysLeft === 1 ? 'day' : 'days'} left`}</Badge>;
};
