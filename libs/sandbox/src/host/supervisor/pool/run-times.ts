import { availableParallelism } from 'node:os';
import type { RunResult } from '@userferry/script-contract';

/** What runs of one kind (a connection's, of one function) take lately, and will take beside all that is in flight. */
export type RunTimes = {
  begun(kind: string): void;
  /** `undefined`: it could not even begin. */
  ended(kind: string, result: RunResult | undefined): void;
  /**
   * Milliseconds that a run takes which begins now. 0 where none of its kind is in flight: one is let in whatever those
   * before it took, so that it is noticed when they take less again.
   */
  expectedMs(kind: string): number;
};

/** `ownMs`: of one run, what it needs of our processors when it need not share them. */
type Times = { inFlight: number; meanMs: number; deviationMs: number; ownMs: number };

/** How much of the last run there is in what is expected. */
const LAST_SHARE = 0.25;
/** What a run needs at the least shows in the fastest ones; slower ones make it more, slowly. */
const SLOWER_SHARE = 0.02;
/** Others on the machine, and what comes after, want their part of the processors, too. */
const MARGIN = 2;
const KINDS_MAX = 1_000;

/** What passed while the legacy user store was waited for says nothing of the room here. */
const hereMs = ({ usage: { wallMs, connectMs = 0, queryMs = 0 } }: RunResult): number =>
  Math.max(0, wallMs - connectMs - queryMs);

/** What of it was work: a script may also sleep. */
const workMs = (result: RunResult): number => Math.min(hereMs(result), result.usage.cpuMs + (result.usage.hashMs ?? 0));

const toward = (from: number, to: number, share: number): number => from + (to - from) * share;

/** A run that ended by itself tells what others will take, and so does one that ran out of time here and not elsewhere. */
const learn = (times: Times, result: RunResult): void => {
  const { outcome, usage } = result;
  const hasAnswered = outcome === 'completed' || outcome === 'threw';
  if (!hasAnswered && !(outcome === 'timed_out' && hereMs(result) * 2 > usage.wallMs)) return;
  if (times.meanMs === 0) times.meanMs = usage.wallMs;
  times.deviationMs = toward(times.deviationMs, Math.abs(usage.wallMs - times.meanMs), LAST_SHARE);
  times.meanMs = toward(times.meanMs, usage.wallMs, LAST_SHARE);
  if (!hasAnswered) return;
  const ownMs = workMs(result);
  times.ownMs = times.ownMs === 0 || ownMs < times.ownMs ? ownMs : toward(times.ownMs, ownMs, SLOWER_SHARE);
};

export const createRunTimes = (processors = availableParallelism()): RunTimes => {
  const kinds = new Map<string, Times>();
  const forgetOne = (): void => {
    for (const [kind, { inFlight }] of kinds) if (inFlight === 0) return void kinds.delete(kind);
  };
  /** What all in flight need, and how many kinds they are of. */
  const load = { ownMs: 0, kinds: 0 };
  const count = ({ inFlight, ownMs }: Times, sign: 1 | -1): void => {
    load.ownMs += sign * inFlight * ownMs;
    if (inFlight > 0) load.kinds += sign;
  };
  const change = (times: Times, act: () => void): void => {
    count(times, -1);
    act();
    count(times, 1);
  };
  /** Each connection has its part of the processors, so that one which needs much makes others wait for no more than that. */
  const sharedMs = ({ inFlight, ownMs }: Times): number =>
    (MARGIN * Math.min(load.ownMs + ownMs, (inFlight + 1) * ownMs * load.kinds)) / processors;
  return {
    begun(kind) {
      const times = kinds.get(kind) ?? { inFlight: 0, meanMs: 0, deviationMs: 0, ownMs: 0 };
      change(times, () => {
        times.inFlight += 1;
      });
      kinds.set(kind, times);
      if (kinds.size > KINDS_MAX) forgetOne();
    },
    ended(kind, result) {
      const times = kinds.get(kind);
      if (times === undefined) return;
      change(times, () => {
        if (result !== undefined) learn(times, result);
        times.inFlight -= 1;
      });
    },
    expectedMs(kind) {
      const times = kinds.get(kind);
      if (times === undefined || times.inFlight === 0) return 0;
      return Math.max(times.meanMs + times.deviationMs, sharedMs(times));
    },
  };
};
