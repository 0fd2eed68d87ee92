/** What people would use instead, and this system at each of its settings. The first is what all are measured by. */
export const CONTENDERS = [
  'plain_node',
  'fork_per_run',
  'worker_per_run',
  'isolate_per_run',
  'workerd',
  'userferry',
  'userferry_no_reuse',
  'userferry_per_run',
] as const;

export type ContenderName = (typeof CONTENDERS)[number];
