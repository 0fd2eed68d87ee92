import type { RunResult } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import { createRunTimes } from './run-times.ts';

/** Whether a run can still end in time, by what others of its connection take lately and how many wait before it. */
export type Admission = {
  /** `ahead` wait before it, and `atOnce` of its connection may run at a time. */
  isTooLate(request: RunRequest, line: Line): boolean;
  /** Epoch milliseconds by which it must have begun; `undefined` where its answer is waited for without an end. */
  latestStartMs(request: RunRequest): number | undefined;
  /** Milliseconds after which another try may be worth it. */
  retryAfterMs(request: RunRequest): number;
  /** Runs it, with no more time than is left to it. */
  run(request: RunRequest, begin: (request: RunRequest) => Promise<RunResult>): Promise<RunResult>;
};

export type Line = { readonly ahead: number; readonly atOnce: number };

/** Nobody waits before one that has its host. */
export const NO_LINE: Line = { ahead: 0, atOnce: 1 };

const RETRY_AFTER_MIN_MS = 500;
const RETRY_AFTER_MAX_MS = 5_000;

const kindOf = ({ connectionKey, functionName }: RunRequest): string => JSON.stringify([connectionKey, functionName]);

export const createAdmission = (now: () => number = Date.now): Admission => {
  const times = createRunTimes();
  const expectedMs = (request: RunRequest): number => times.expectedMs(kindOf(request));
  const leftMs = ({ deadlineMs = Number.POSITIVE_INFINITY }: RunRequest): number => deadlineMs - now();
  return {
    isTooLate(request, { ahead, atOnce }) {
      if (request.deadlineMs === undefined) return false;
      const takesMs = expectedMs(request);
      const left = leftMs(request) - (ahead / atOnce) * takesMs;
      return left <= 0 || takesMs > Math.min(request.timeoutMs, left);
    },
    latestStartMs: (request) => request.deadlineMs && request.deadlineMs - expectedMs(request),
    retryAfterMs: (request) => Math.min(RETRY_AFTER_MAX_MS, Math.max(RETRY_AFTER_MIN_MS, expectedMs(request) / 2)),
    async run(request, begin) {
      const kind = kindOf(request);
      times.begun(kind);
      const timeoutMs = Math.max(1, Math.floor(Math.min(request.timeoutMs, leftMs(request))));
      let result: RunResult | undefined;
      try {
        result = await begin({ ...request, timeoutMs });
        return result;
      } finally {
        times.ended(kind, result);
      }
    },
  };
};
