import type { GetMigrationProgressResponse } from '@userferry/contracts/json-types';
import { Badge } from '../../components/badge.tsx';
import { Card } from '../../components/card.tsx';

type VerdictProps = Pick<GetMigrationProgressResponse, 'safeToSwitchOff' | 'reasons'>;

/** Whether the legacy user store can go, and why. */
export const VerdictCard = ({ safeToSwitchOff, reasons }: VerdictProps) => (
  <Card
    title="Can the old database be switched off?"
    aside={
      safeToSwitchOff ? (
        <Badge tone="good">Safe to switch off</Badge>
      ) : (
        <Badge tone="warn">Not safe to switch off</Badge>
      )
    }
  >
    <ul className="bullets">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  </Card>
);
