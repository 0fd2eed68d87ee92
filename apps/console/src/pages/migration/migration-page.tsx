import { Empty } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-frame.tsx';

export const MigrationPage = ({ pool }: PoolPageProps) => {
  useTitle(`Migration of ${pool.name}`);
  return (
    <div className="stack-wide">
      <h1>Migration</h1>
      <Empty title="Nothing yet" />
    </div>
  );
};
