import { expect, it } from 'vitest';
import { addressOf } from './address-of.ts';

it('text that is no address counts as it is, and the log says so once, without the text', () => {
  const told: string[] = [];
  const log = { warn: (text: string) => void told.push(text) };
  for (const text of ['', '  ', '203.0.113.7', '203.0.113.7:443']) addressOf(text, log);
  expect(told).toEqual([]);
  expect(addressOf(' 203.0.113.7, 10.0.0.1 ', log)).toBe('203.0.113.7, 10.0.0.1');
  addressOf('an intern’s laptop', log);
  expect(told).toEqual([expect.stringContaining('context.requestIp that is no IP address')]);
  expect(told.join()).not.toMatch(/10\.0\.0\.1|laptop/);
});
