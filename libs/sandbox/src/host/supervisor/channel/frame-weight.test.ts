import { expect, it } from 'vitest';
import { FRAME_DEPTH_MAX, FRAME_VALUES_MAX, isTooHeavy } from './frame-weight.ts';

const heavy = (json: string): boolean => isTooHeavy(Buffer.from(json));

it('a frame with long texts is light, whatever stands in them', () => {
  expect(heavy(JSON.stringify({ resultJson: '[{,\\"'.repeat(100_000), logs: [{ text: '\\' }] }))).toBe(false);
});

it('a frame of more values than any needs is heavy', () => {
  expect(heavy(JSON.stringify(Array.from({ length: FRAME_VALUES_MAX - 1 }, () => 0)))).toBe(false);
  expect(heavy(JSON.stringify(Array.from({ length: FRAME_VALUES_MAX + 1 }, () => 0)))).toBe(true);
});

it('a frame that nests deeper than any needs is heavy', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(heavy(nested(FRAME_DEPTH_MAX))).toBe(false);
  expect(heavy(nested(FRAME_DEPTH_MAX + 1))).toBe(true);
});

it('a text without an end is light: the parser will refuse it', () => {
  expect(heavy('{"a":"[[[[')).toBe(false);
  expect(heavy('"\\')).toBe(false);
});
