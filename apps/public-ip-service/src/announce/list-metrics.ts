import { count, type Reading, showGauge } from '@userferry/telemetry';
import type { Entry } from '../table/entry.ts';
import type { PublicIpTable, TableChange } from '../table/public-ip-table.ts';

const EVERY_REGION = '*';

const placesOf = ({ regions }: Entry): readonly string[] => (regions.length === 0 ? [EVERY_REGION] : regions);

const readings = (entries: readonly Entry[]): readonly Reading<'userferry_public_ips'>[] => {
  const places = entries.flatMap((entry) => placesOf(entry).map((region) => ({ state: entry.state, region })));
  const sizes = new Map<string, number>();
  for (const { state, region } of places) {
    const key = `${state} ${region}`;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  return [...sizes].map(([key, size]) => {
    const [state, region = ''] = key.split(' ') as [Entry['state'], string];
    return [size, { state, region }];
  });
};

/** Shows how long the list is, and which of it no firewall was told of. No address gets into a label. */
export const showList = ({ state }: Pick<PublicIpTable, 'state'>): Disposable => {
  const stack = new DisposableStack();
  const entries = () => [...state().entries.values()];
  stack.use(showGauge('userferry_public_ips', () => readings(entries())));
  const unpinned = () => entries().filter((entry) => entry.unpinned && entry.state === 'observed').length;
  stack.use(showGauge('userferry_public_ips_unpinned', () => [[unpinned(), {}]]));
  return stack;
};

/** Counts what came to the list and what left it. */
export const countListChange = ({ before, changed, removed }: TableChange): void => {
  const added = changed.filter(({ address }) => !before.entries.has(address)).length;
  count('userferry_public_ip_changes_total', { change: 'added' }, added);
  count('userferry_public_ip_changes_total', { change: 'removed' }, removed.length);
};
