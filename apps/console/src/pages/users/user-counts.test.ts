import { describe, expect, it } from 'vitest';
import { countWords } from './count-words.ts';
import { lastPage, pageBefore } from './pages.ts';

const search = (shown: number, totalCount: number, byScript: boolean) =>
  countWords({ shown, totalCount, byScript, isSearch: true });

describe('how many users there are', () => {
  it('is told of a list as it was counted', () => {
    expect(countWords({ shown: 20, totalCount: 100, isSearch: false, byScript: true })).toBe('100 in all');
  });

  it('is not claimed of a search that may have ended before all that match', () => {
    expect(search(100, 100, true)).toBe('The first 100 that match; there may be more');
    expect(search(100, 500, true)).toBe('The first 100 of 500 that match');
    expect(search(200, 500, false)).toBe('The first 200 of 500 that match');
  });

  it('is what a search found where it found all', () => {
    expect(search(7, 7, true)).toBe('7 found');
    expect(search(100, 100, false)).toBe('100 found');
  });
});

describe('a page of users on which nobody is any more', () => {
  it.each([
    [2, 20, 1],
    [3, 40, 2],
    [9, 41, 3],
    [2, 0, 1],
    [2, 40, 1], // a script that counts more than it lists: further back each time, and never round in circles
  ])('%i of %i users leads back to page %i', (page, totalCount, before) => {
    expect(pageBefore(page, totalCount)).toBe(before);
  });

  it('is counted from the first, which there always is', () => {
    expect([0, 1, 20, 21].map(lastPage)).toEqual([1, 1, 1, 2]);
  });
});
