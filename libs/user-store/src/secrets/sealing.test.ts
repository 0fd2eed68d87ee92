import { describe, expect, it } from 'vitest';
import { randomRing } from '../store-for-tests.ts';
import { createSealer, type KeyRing } from './sealing.ts';

const PLACE = 'scripts/1/sealed_source';

describe('sealing', () => {
  it('opens what it sealed, and shows neither text nor the same ciphertext twice', () => {
    const sealer = createSealer(randomRing('k1'));
    const [one, two] = [sealer.seal('hunter2', PLACE), sealer.seal('hunter2', PLACE)];
    expect(sealer.open(one, PLACE)).toBe('hunter2');
    expect(one).not.toBe(two);
    expect(Buffer.from(one.split(':')[3] ?? '', 'base64url').toString('latin1')).not.toContain('hunter2');
  });

  it('reads what an old key wrote and writes with the current one', () => {
    const old = randomRing('old');
    const rotated: KeyRing = { currentKeyId: 'new', keys: new Map([...randomRing('new').keys, ...old.keys]) };
    const sealer = createSealer(rotated);
    expect(sealer.open(createSealer(old).seal('text', PLACE), PLACE)).toBe('text');
    expect(sealer.seal('text', PLACE)).toMatch(/^v1:new:/);
  });

  it('names the key that is missing and those that are there', () => {
    const sealed = createSealer(randomRing('old')).seal('text', PLACE);
    expect(() => createSealer(randomRing('k1', 'k2')).open(sealed, PLACE)).toThrow(
      'there is no encryption key "old", with which a stored value was encrypted; the keys given are: k1, k2',
    );
  });

  it('does not open with another key of the same id', () => {
    const sealed = createSealer(randomRing('k1')).seal('text', PLACE);
    expect(() => createSealer(randomRing('k1')).open(sealed, PLACE)).toThrow(
      'does not open with the encryption key "k1"',
    );
  });

  it('does not open a value that was moved to another row, altered or cut', () => {
    const sealer = createSealer(randomRing('k1'));
    const sealed = sealer.seal('text', PLACE);
    const cut = sealed.slice(0, sealed.lastIndexOf(':') + 8);
    expect(() => sealer.open(sealed, 'scripts/2/sealed_source')).toThrow('does not open');
    expect(() => sealer.open(cut, PLACE)).toThrow('does not open');
    for (const nonce of ['', 'AAAA']) {
      const altered = sealed.split(':').with(2, nonce).join(':');
      expect(() => sealer.open(altered, PLACE)).toThrow('does not open with the encryption key "k1"');
    }
    expect(() => sealer.open(`v2${sealed.slice(2)}`, PLACE)).toThrow('does not know');
  });

  it('refuses a ring with a short key or without its current key', () => {
    const short = { currentKeyId: 'k1', keys: new Map([['k1', new Uint8Array(16)]]) };
    expect(() => createSealer(short)).toThrow('"k1" must have 32 bytes');
    expect(() => createSealer({ ...randomRing('k1'), currentKeyId: 'k2' })).toThrow('no encryption key "k2"');
  });
});
