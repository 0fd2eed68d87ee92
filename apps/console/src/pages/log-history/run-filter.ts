import type { Outcome } from '@userferry/contracts/json-types';
import { isScriptAction, type ScriptAction } from '@userferry/script-contract';
import type { RequestOf } from '../../api/call.ts';
import { wireAction } from '../../api/script-actions.ts';
import { OUTCOME_WORDS } from '../debug/outcomes.ts';

export type RunFilter = {
  readonly action: ScriptAction | 'all';
  readonly ended: Outcome | 'all' | 'failed';
  readonly period: Period;
  readonly requestId: string;
};

const PERIOD_MS = { all: 0, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export type Period = keyof typeof PERIOD_MS;
export const PERIODS = Object.keys(PERIOD_MS) as readonly Period[];

const MINUTE_MS = 60_000;

/** The filter stands in the page's address, so that it can be kept as a bookmark; what is not known there is left out. */
export const filterOf = (query: URLSearchParams): RunFilter => {
  const [action, ended, period] = ['action', 'ended', 'period'].map((name) => query.get(name) ?? 'all') as [
    string,
    string,
    string,
  ];
  return {
    action: isScriptAction(action) ? action : 'all',
    ended: ended === 'failed' || Object.hasOwn(OUTCOME_WORDS, ended) ? (ended as RunFilter['ended']) : 'all',
    period: Object.hasOwn(PERIOD_MS, period) ? (period as Period) : 'all',
    requestId: query.get('request') ?? '',
  };
};

export const queryOf = ({ action, ended, period, requestId }: RunFilter): URLSearchParams =>
  new URLSearchParams([
    ...(action === 'all' ? [] : [['action', action]]),
    ...(ended === 'all' ? [] : [['ended', ended]]),
    ...(period === 'all' ? [] : [['period', period]]),
    ...(requestId === '' ? [] : [['request', requestId]]),
  ]);

/** Whether everything is shown. */
export const isUnfiltered = (filter: RunFilter): boolean => queryOf(filter).size === 0;

/** What the filter asks the service for; `since` is of a whole minute, so that one question stays the same for a while. */
export const runsAsked = (
  filter: RunFilter,
  now: number,
): Partial<RequestOf<'ConnectionService', 'ListScriptRuns'>> => {
  const { action, ended, period, requestId } = filter;
  const since = Math.floor((now - PERIOD_MS[period]) / MINUTE_MS) * MINUTE_MS;
  return {
    ...(action !== 'all' && { action: wireAction(action) }),
    ...(ended === 'failed' && { failedOnly: true }),
    ...(ended !== 'failed' && ended !== 'all' && { outcome: ended }),
    ...(period !== 'all' && { since: new Date(since).toISOString() }),
    ...(requestId.trim() !== '' && { requestId: requestId.trim() }),
  };
};
