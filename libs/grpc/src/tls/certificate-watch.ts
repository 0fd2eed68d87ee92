import type { Logger } from '@userferry/process';
import type { CertificateSet } from './certificate-set.ts';

const DAY_MS = 86_400_000;
/** How often what is wrong is said again. */
const REMIND_MS = 3_600_000;

/** How a certificate stands in its life. */
type Age = 'fine' | 'late' | 'ended';

/** Whoever renews certificates does so earlier: under a fifth of its life is left, or under two weeks, and nobody did. */
const ageOf = ({ beginsMs, endsMs }: CertificateSet, nowMs: number): Age => {
  if (nowMs >= endsMs) return 'ended';
  return endsMs - nowMs < Math.min((endsMs - beginsMs) / 5, 14 * DAY_MS) ? 'late' : 'fine';
};

const inDays = (ms: number): number => Math.floor((ms / DAY_MS) * 10) / 10;

export type CertificateWatch = {
  /** Notes what a look at the files found: the problem that they have, if any, and the set that is used. */
  readonly note: (problem: string | undefined, used: CertificateSet) => void;
  /** Whether the files are usable and were renewed in time. */
  readonly isFine: () => boolean;
};

/**
 * Says loudly what is wrong with certificates, once and then each hour; that one has ended, with the first look after its end.
 * Files are written one after the other: a problem counts from the second look on that finds the same.
 */
export const createCertificateWatch = (log: Logger, clock: () => number): CertificateWatch => {
  let last: string | undefined;
  let isBroken = false;
  let age: Age = 'fine';
  let saidMs = 0;

  const isFine = (): boolean => !isBroken && age === 'fine';
  const say = (problem: string | undefined, { names, endsMs }: CertificateSet): void => {
    saidMs = clock();
    const facts = { names, ends: new Date(endsMs).toISOString(), ...(isBroken && { problem }) };
    const daysLeft = inDays(endsMs - saidMs);
    if (age === 'ended') log.error({ ...facts, daysAgo: inDays(saidMs - endsMs) }, 'the certificate has ended');
    else if (isBroken) log.error({ ...facts, daysLeft }, 'the certificate files cannot be used: the old ones stay');
    else if (age === 'late') log.warn({ ...facts, daysLeft }, 'the certificate ends soon and was not renewed');
    else log.info({ ...facts, daysLeft }, 'the certificate files are fine again');
  };
  return {
    note: (problem, used) => {
      const before = { isBroken, age };
      isBroken = problem !== undefined && (isBroken || problem === last);
      last = problem;
      age = ageOf(used, clock());
      const isNew = isBroken !== before.isBroken || age !== before.age;
      // However the clock was set since.
      const isTime = Math.abs(clock() - saidMs) >= REMIND_MS;
      if (isNew || (!isFine() && isTime)) say(problem, used);
    },
    isFine,
  };
};
