import { expect, it } from 'vitest';
import { filterOf, queryOf, runsAsked } from './run-filter.ts';

const now = Date.parse('2026-11-24T12:00:30Z');

it('keeps a filter in the address and reads it from there', () => {
  const filter = { action: 'getUser', ended: 'OUTCOME_TIMED_OUT', period: 'day', requestId: 'r1' } as const;
  expect(filterOf(queryOf(filter))).toEqual(filter);
  expect(queryOf(filterOf(new URLSearchParams())).toString()).toBe('');
});

it('leaves out of an address what it does not know', () => {
  const filter = filterOf(new URLSearchParams('action=__proto__&ended=constructor&period=toString'));
  expect(filter).toEqual({ action: 'all', ended: 'all', period: 'all', requestId: '' });
});

it('asks for nothing in particular without a filter', () => {
  expect(runsAsked(filterOf(new URLSearchParams()), now)).toEqual({});
});

it('asks for what failed, for one outcome, for one request, and since a whole minute', () => {
  expect(runsAsked(filterOf(new URLSearchParams('ended=failed')), now)).toEqual({ failedOnly: true });
  expect(runsAsked(filterOf(new URLSearchParams('ended=OUTCOME_THREW')), now)).toEqual({ outcome: 'OUTCOME_THREW' });
  expect(runsAsked(filterOf(new URLSearchParams('request=%20r1%20')), now)).toEqual({ requestId: 'r1' });
  expect(runsAsked(filterOf(new URLSearchParams('period=hour')), now)).toEqual({ since: '2026-11-24T11:00:00.000Z' });
});
