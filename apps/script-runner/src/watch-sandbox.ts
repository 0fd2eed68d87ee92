import type { Sandbox, SandboxWatch } from '@userferry/sandbox';
import { count, showGauge } from '@userferry/telemetry';

/** Counts what happens in the sandbox. */
export const sandboxWatch: SandboxWatch = {
  hostStarted: () => count('userferry_isolate_host_starts_total', {}),
  hostEnded: (cause) => count('userferry_isolate_host_deaths_total', { cause }),
  denied: (rule) => count('userferry_egress_denials_total', { rule }),
};

/** Shows what there is of isolate hosts, and what waits for them. */
export const showSandbox = ({ stats }: Pick<Sandbox, 'stats'>, hostsMax: number): Disposable => {
  const stack = new DisposableStack();
  stack.use(showGauge('userferry_run_queue_waiting', () => [[stats().waiting, {}]]));
  stack.use(
    showGauge('userferry_isolate_hosts', () => {
      const { hosts } = stats();
      return (['starting', 'blank', 'warm', 'busy'] as const).map((state) => [hosts[state], { state }] as const);
    }),
  );
  stack.use(showGauge('userferry_isolate_hosts_max', () => [[hostsMax, {}]]));
  stack.use(showGauge('userferry_isolate_hosts_resident_bytes', () => [[stats().residentBytes, {}]]));
  return stack;
};
