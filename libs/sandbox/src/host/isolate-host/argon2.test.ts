/** Password hashes of argon2, and the rest of `crypto` that came late, side by side with plain Node. */
import { generateKeyPairSync } from 'node:crypto';
import { argon2id } from '@noble/hashes/argon2.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());
const { expectSame, inIsolate } = createSideBySide(() => host);

/** What a browser's `keygen` sent for the challenge "hello". */
const SPKAC =
  'MIG7MGIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASQjvzw4/nRZfs66f6abWtKBhkDopN0uX4EDKrZM/7z7X9hWg9E5rhSUKJM1BsvkSsZPspa+33CoTlaoeAeKstpFgVoZWxsbzAKBggqhkjOPQQDAgNJADBGAiEAkQ047amkUQ/a30b/7ryX9DJFjVLsWr6zXrLaR2rDOyoCIQDnoBcVWSwCFUJfWMpr+zJ9/CSbYHAUhp9BFIa6fVJi4g==';

const GIVEN = `const c = require('crypto'); const { promisify } = require('util');
  const given = (more) => ({ message: 'secret', nonce: Buffer.from('0123456789abcdef'), parallelism: 1, tagLength: 32, memory: 64, passes: 2, ...more });`;

describe('argon2 beside plain Node', () => {
  it.each(['argon2d', 'argon2i', 'argon2id'])('%s gives the same tag in both forms', (algorithm) =>
    expectSame(`${GIVEN} return [show(c.argon2Sync('${algorithm}', given())), show(await promisify(c.argon2)('${algorithm}', given({ parallelism: 2 }))),
      show(c.argon2Sync('${algorithm}', given({ message: new Uint8Array([1, 2]), secret: 'pepper', associatedData: Buffer.from('more'), tagLength: 16 })))]`),
  );

  it('checks a password as it was stored by another program', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const tag = Buffer.from(argon2id('right', salt, { t: 2, m: 64, p: 1, dkLen: 32 }));
    const stored = `$argon2id$v=19$m=64,t=2,p=1$${salt.toString('base64')}$${tag.toString('base64')}`;
    const seen =
      await inIsolate(`const c = require('crypto'); const [, kind, , costs, salt, tag] = ${JSON.stringify(stored)}.split('$');
      const [memory, passes, parallelism] = costs.split(',').map((part) => Number(part.slice(2)));
      const tagOf = (message) => c.argon2Sync(kind, { message, nonce: Buffer.from(salt, 'base64'), memory, passes, parallelism, tagLength: 32 });
      return ['right', 'wrong'].map((password) => c.timingSafeEqual(tagOf(password), Buffer.from(tag, 'base64')))`);
    expect(seen).toEqual([true, false]);
  });

  it('refuses what Node refuses', () =>
    expectSame(`${GIVEN} const call = (...rest) => attempt(() => c.argon2Sync(...rest));
      return [await call('x', given()), await call('argon2id'), await call('argon2id', { message: 'x' }), await call('argon2id', given({ memory: 1 })), await call('argon2id', given({ nonce: 'short' })),
        await call('argon2id', given({ passes: 0 })), await call('argon2id', given({ tagLength: 1 })), await attempt(() => c.argon2('argon2id', given())), await attempt(() => c.argon2('nope', given(), () => 0))]`));

  it.each([
    ['memory: 1024 * 1024', /argon2 memory need of 1073741824 is above the limit/],
    ['memory: 65536, passes: 100', /argon2 cost of 6553600 is above the limit/],
    ['parallelism: 64, memory: 1024', /argon2 parallelism of 64 is above the limit/],
    ['tagLength: 2 ** 24', /derived key length/],
  ])('has a limit: %s', async (costs, message) => {
    const seen =
      await inIsolate(`${GIVEN} const late = await attempt(() => promisify(c.argon2)('argon2id', given({ ${costs} })));
      return [await attempt(() => c.argon2Sync('argon2id', given({ ${costs} }))), late]`);
    const refused = [
      'threw',
      expect.objectContaining({ code: 'QUOTA_EXCEEDED', message: expect.stringMatching(message) }),
    ];
    expect(seen).toEqual([refused, refused]);
  });
});

describe('identifiers and old names beside plain Node', () => {
  it('identifiers of version 7 begin with the time', async () => {
    const before = Date.now();
    const [first, kind] = (await inIsolate(
      `const c = require('crypto'); return [c.randomUUIDv7(), typeof c.randomUUIDv7({ disableEntropyCache: true })]`,
    )) as [string, string];
    expect(kind).toBe('string');
    expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const at = Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before - 1000);
    expect(at).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('identifiers refuse options that are none', () =>
    expectSame(
      `const c = require('crypto'); return [await attempt(() => c.randomUUID(1)), await attempt(() => c.randomUUIDv7({ disableEntropyCache: 1 })), await attempt(() => c.randomUUIDv7(null))]`,
    ));

  it('the names of old are randomBytes and are not listed', () =>
    expectSame(
      `const c = require('crypto'); return ['pseudoRandomBytes', 'prng', 'rng'].map((name) => [c[name] === c.randomBytes, c[name](5).length, Object.keys(c).includes(name)])`,
    ));

  it('a Certificate has its functions with and without new', () =>
    expectSame(
      `const { Certificate } = require('crypto'); const made = [new Certificate(), Certificate(), Certificate];
      return made.map((one) => [one.verifySpkac(Buffer.from('SPKAC')), show(one.exportChallenge('SPKAC')), String(one.exportPublicKey('SPKAC')), one instanceof Certificate])`.replaceAll(
        'SPKAC',
        SPKAC,
      ),
    ));
});

describe('keys as web keys beside plain Node', () => {
  const pem = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem } as never) as unknown as Record<string, string>;
  const START = `const c = require('crypto'); const [rsa] = args; const { subtle } = c.webcrypto;
    const facts = ({ type, extractable, usages, algorithm }) => show({ type, extractable, usages: [...usages], name: algorithm.name });`;

  it('are made of secrets, public and private keys, and work', () =>
    expectSame(
      `${START} const secret = c.createSecretKey(Buffer.alloc(32, 1)); const hmac = secret.toCryptoKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      const sign = c.createPrivateKey(rsa.privateKey).toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['sign']);
      const check = c.createPublicKey(rsa.publicKey).toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['verify']);
      const signed = await subtle.sign('RSASSA-PKCS1-v1_5', sign, Buffer.from('a'));
      return [facts(hmac), facts(sign), facts(check), Buffer.from(await subtle.sign('HMAC', hmac, Buffer.from('a'))).toString('hex'),
        await subtle.verify('RSASSA-PKCS1-v1_5', check, signed, Buffer.from('a')), await attempt(() => subtle.exportKey('raw', hmac)), c.KeyObject.from(hmac).equals(secret)]`,
      { args: [rsa] },
    ));
});
