import type { Logger } from '@userferry/process';
import type { CertificateSet } from './certificate-set.ts';

const DAY_MS = 86_400_000;
/** How often what is wrong is said again. */
const REMIND_MS = 3_600_000;

/** Whoever renews certificates does so earlier: under a fifth of its life is left, or under two weeks, and nobody did. */
const isLate = ({ beginsMs, endsMs }: CertificateSet, nowMs: number): boolean =>
  endsMs - nowMs < Math.min((endsMs - beginsMs) / 5, 14 * DAY_MS);

export type CertificateWatch = {
  /** Notes what a look at the files found: the problem that they have, if any, and the set that is used. */
  readonly note: (problem: string | undefined, used: CertificateSet) => void;
  /** Whether the files are usable and were renewed in time. */
  readonly isFine: () => boolean;
};

/**
 * Says loudly what is wrong with certificates, once and then each hour. Files are written one after the other: a problem
 * counts from the second look on that finds the same.
 */
export const createCertificateWatch = (log: Logger, clock: () => number): CertificateWatch => {
  let last: string | undefined;
  let state: 'fine' | 'late' | 'broken' = 'fine';
  let saidMs = 0;

  const judge = (problem: string | undefined, used: CertificateSet): typeof state => {
    const isBroken = problem !== undefined && problem === last;
    last = problem;
    if (isBroken || (problem !== undefined && state === 'broken')) return 'broken';
    return isLate(used, clock()) ? 'late' : 'fine';
  };
  const say = (problem: string | undefined, used: CertificateSet): void => {
    const daysLeft = Math.floor(((used.endsMs - clock()) / DAY_MS) * 10) / 10;
    const facts = { names: used.names, ends: new Date(used.endsMs).toISOString(), daysLeft };
    if (state === 'broken') log.error({ ...facts, problem }, 'the certificate files cannot be used: the old ones stay');
    else if (state === 'late') log.warn(facts, 'the certificate ends soon and was not renewed');
    else log.info(facts, 'the certificate files are fine again');
    saidMs = clock();
  };
  return {
    note: (problem, used) => {
      const before = state;
      state = judge(problem, used);
      if (state !== before || (state !== 'fine' && clock() - saidMs >= REMIND_MS)) say(problem, used);
    },
    isFine: () => state === 'fine',
  };
};
