import { describe, expect, it } from 'vitest';
import { agreeOnEncryption, ENCRYPTION, readPreloginEncryption, writePrelogin } from './prelogin.ts';

const { off, on, notSupported, required } = ENCRYPTION;

describe('what PRELOGIN agrees on', () => {
  // Rows of the table in MS-TDS 2.2.6.5: the server's wish, the client's option, the answer, what is encrypted.
  it.each([
    ['none', notSupported, notSupported, 'nothing', true],
    ['none', off, notSupported, 'nothing', true],
    ['none', on, notSupported, 'nothing', true],
    ['none', required, notSupported, 'nothing', false],
    ['optional', notSupported, notSupported, 'nothing', true],
    ['optional', off, off, 'login', true],
    ['optional', on, on, 'all', true],
    ['optional', required, on, 'all', true],
    ['required', notSupported, required, 'all', false],
    ['required', off, required, 'all', true],
    ['required', on, required, 'all', true],
  ] as const)('a server that wants %s and a client that says %i', (policy, client, answer, encrypts, acceptable) => {
    expect(agreeOnEncryption(policy, client)).toEqual({ answer, encrypts, acceptable });
  });

  it('the option is found where its offset says, and its absence means no encryption', () => {
    expect(readPreloginEncryption(writePrelogin([16, 0, 1000], required))).toBe(required);
    expect(readPreloginEncryption(Buffer.from([0xff]))).toBe(notSupported);
    expect(() => readPreloginEncryption(Buffer.from([1, 0, 99, 0, 1, 0xff]))).toThrow(RangeError);
  });
});
