import { expect, it } from 'vitest';
import { passwordMask, profileMask, secretMask } from './mask-text.ts';
import { masksTogether } from './replace-spans.ts';

const profile = profileMask([JSON.stringify([{ email: 'ann@example.test' }])]);

it('what holds another value, or a part of one, is masked whole', () => {
  const mask = masksTogether([secretMask(['example', 'XYZ-ann']), profile]);
  expect(mask('no ann@example.test here')).toBe('no [redacted] here');
  expect(mask('no XYZ-ann@example.test here')).toBe('no [masked] here');
  expect(mask('example, ann@example.test')).toBe('[masked], [redacted]');
});

it('what may be read is read as long as nothing is masked within', () => {
  const mask = masksTogether([secretMask(['postgres'])], [passwordMask(['Postgres-2024'])]);
  expect(mask('typed Postgres-2024')).toBe('typed [masked]');
  expect(
    masksTogether([secretMask(['zebras'])], [passwordMask(['Postgres-2024'])])('typed Postgres-2024, zebras'),
  ).toBe('typed Postgres-2024, [masked]');
});

it('nothing of a text is left when one of the masks leaves nothing', () => {
  const withheld = secretMask(Array.from({ length: 501 }, (_, n) => `secret ${n}`));
  expect(masksTogether([profile, withheld])('harmless')).toBe('[masked]');
  expect(masksTogether([profile, withheld])('')).toBe('');
  expect(masksTogether([profile], [withheld])('harmless')).toBe('harmless');
  expect(masksTogether([profile], [withheld])('ann@example.test')).toBe('[masked]');
});
