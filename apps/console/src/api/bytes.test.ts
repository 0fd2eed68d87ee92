import { expect, it } from 'vitest';
import { bytesToText, textToBytes } from './bytes.ts';

it('brings any text through base64 and back', () => {
  const text = 'Grüße, 世界 🚢 "\\';
  expect(bytesToText(textToBytes(text))).toBe(text);
  expect(textToBytes(text)).toBe(Buffer.from(text).toString('base64'));
});
