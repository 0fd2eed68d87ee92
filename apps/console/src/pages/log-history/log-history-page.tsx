import { Empty } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-frame.tsx';

export const LogHistoryPage = ({ pool }: PoolPageProps) => {
  useTitle(`Log history of ${pool.name}`);
  return (
    <div className="stack-wide">
      <h1>Log history</h1>
      <Empty title="Nothing yet" />
    </div>
  );
};
