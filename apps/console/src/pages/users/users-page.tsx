import { Empty } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-frame.tsx';

export const UsersPage = ({ pool }: PoolPageProps) => {
  useTitle(`Users of ${pool.name}`);
  return (
    <div className="stack-wide">
      <h1>Users</h1>
      <Empty title="Nothing yet" />
    </div>
  );
};
