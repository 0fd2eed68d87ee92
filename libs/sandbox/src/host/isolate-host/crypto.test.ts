/** `crypto` inside the isolate, side by side with plain Node. */
import { createHash, generateKeyPairSync, getCiphers, getHashes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
const { expectSame, inIsolate } = createSideBySide(() => host);

/** Keys that both sides use, so that what is not random is equal. */
const pem = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
};
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem } as never) as unknown as Record<string, string>;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem } as never) as unknown as Record<string, string>;
const ed = generateKeyPairSync('ed25519', pem as never) as unknown as Record<string, string>;
/** What plain Node offers; the isolate also has the old algorithms that OpenSSL keeps apart. */
const args = [rsa, ec, ed, getHashes(), getCiphers()];
const START = `const c = require('crypto'); const { promisify } = require('util'); const [rsa, ec, ed, hashes, ciphers] = args;`;
const same = (body: string): Promise<unknown> => expectSame(`${START} ${body}`, { args });

describe('hashes and HMACs', () => {
  it('can be asked for a digest that went out as a stream', () =>
    same(`const { PassThrough } = require('stream'); const seen = []; for (const name of ['sha256', 'sha3-512', 'md5']) { const made = c.createHash(name);
      const from = new PassThrough(); const told = new Promise((r) => from.pipe(made).on('data', r)); made.setEncoding('hex'); from.end('text'); seen.push(await told, await attempt(() => made.digest('hex')), await attempt(() => made.digest('hex'))) } return seen`));
  it('every hash that Node has', () =>
    same(
      `const seen = {}; for (const name of hashes) seen[name] = await attempt(() => { const h = c.createHash(name); h.update('a'); const d = h.copy(); h.update('b'); return [h.digest('hex'), d.digest('base64')] }); return seen`,
    ));
  it('every HMAC that Node has', () =>
    same(
      `const seen = {}; for (const name of hashes) seen[name] = await attempt(() => c.createHmac(name, Buffer.alloc(200, 'k')).update('a').digest('hex')); return seen`,
    ));
  it('options, streams, one call', () =>
    same(`const { pipeline, Readable } = require('stream'); const h = c.createHash('sha256'); await promisify(pipeline)(Readable.from(['a', 'b']), h); const end = c.createHash('md5'); end.end('x');
      return [h.read().toString('hex'), end.read().toString('hex'), c.createHash('shake256', { outputLength: 10 }).update('a').digest('hex'), c.hash('sha1', 'x'), c.hash('md5', Buffer.from('x'), 'base64'), show(c.hash('md5', 'x', 'buffer')), c.hash('sha3-256', 'x', { outputEncoding: 'base64url' })]`));
  it('errors', () =>
    same(`const h = c.createHash('md5'); h.digest(); const m = c.createHmac('md5', 'k'); m.digest();
      return [await attempt(() => h.digest()), await attempt(() => h.update('x')), await attempt(() => h.copy()), await attempt(() => m.digest('hex')), await attempt(() => c.createHash('nope')), await attempt(() => c.createHash(1)), await attempt(() => c.createHash()),
        await attempt(() => c.createHmac('nope', 'k')), await attempt(() => c.createHmac('md5')), await attempt(() => c.createHmac('md5', null)), await attempt(() => c.createHash('md5').update(5)), await attempt(() => c.createHash('md5').update({ a: 1 })), await attempt(() => c.createHash('md5').update(new ArrayBuffer(1))), await attempt(() => c.createHash('sha256', { outputLength: 5 }))]`));
  it('MD4, Whirlpool and NTLM hashes, which plain Node keeps behind a switch', async () => {
    const body = `const c = require('crypto'); return [c.createHash('md4').update('abc').digest('hex'), c.createHash('md4').update(Buffer.from('password', 'utf16le')).digest('hex'), c.createHash('whirlpool').update('').digest('hex').slice(0, 16), c.createHmac('md4', 'k').update('x').digest('hex').length]`;
    expect(await inIsolate(body)).toEqual([
      'a448017aaf21d8525fc10ae87aa6729d',
      '8846f7eaee8fb117ad06bdd830b7586c',
      '19fa61d75522a466',
      32,
    ]);
  });
});

describe('key derivation', () => {
  it('gives the same keys, at once and later', () =>
    same(`return [show(c.pbkdf2Sync('p', 's', 1000, 20, 'sha1')), show(await promisify(c.pbkdf2)('p', Buffer.from('s'), 10, 32, 'SHA512')), show(c.scryptSync('p', 's', 32, { N: 1024 })), show(await promisify(c.scrypt)('p', 's', 16, { cost: 512, r: 4, p: 2 })), show(await promisify(c.scrypt)('p', 's', 16)),
      Buffer.from(c.hkdfSync('sha256', 'key', 'salt', 'info', 40)).toString('hex'), Buffer.from(await promisify(c.hkdf)('sha512', Buffer.from('key'), 'salt', 'info', 40)).toString('hex')]`));
  it('refuses what Node refuses, thrown or called back as there', () =>
    same(`const later = (f) => attempt(() => new Promise((r, j) => f((e, v) => e ? j(new Error('called back ' + e.message)) : r(v))));
      return [await attempt(() => c.pbkdf2Sync('p', 's', 0, 20, 'sha1')), await attempt(() => c.pbkdf2Sync('p', 's', 1, -1, 'sha1')), await attempt(() => c.pbkdf2Sync('p', 's', 1, 20, 'nope')), await attempt(() => c.pbkdf2Sync('p', 's', 1, 20)), await attempt(() => c.pbkdf2Sync(5, 's', 1, 20, 'md5')), await attempt(() => c.pbkdf2('p', 's', 1, 20, 'md5')), await attempt(() => c.pbkdf2('p', 's', 1, 20, () => {})),
        await later((d) => c.pbkdf2('p', 's', 1.5, 20, 'md5', d)), await later((d) => c.pbkdf2('p', 's', 1, 20, 'nope', d)), await attempt(() => c.scryptSync('p', 's', 10, { N: 3 })), await attempt(() => c.scryptSync('p', 's', 10, { maxmem: 1 })), await later((d) => c.scrypt('p', 's', 'x', d)), await attempt(() => c.hkdfSync('nope', 'k', '', '', 1)), await attempt(() => c.hkdfSync('md5', 'k', '', '', 1e5))]`));
});

describe('ciphers', () => {
  it('every cipher that Node has, there and back', () =>
    same(`const seen = {}; for (const name of ciphers) { if (/hmac|wrap|siv|ccm|ocb|xts|chacha20$|chacha20-poly/i.test(name)) continue; const info = c.getCipherInfo(name); if (!info) { seen[name] = 'none'; continue }
      seen[name] = await attempt(() => { const key = Buffer.alloc(info.keyLength, 1), iv = info.ivLength ? Buffer.alloc(info.ivLength, 2) : null; const e = c.createCipheriv(name, key, iv); const text = e.update('a text of some length \\u00e9', 'utf8', 'hex') + e.final('hex');
        const d = c.createDecipheriv(name, key, iv); if (info.mode === 'gcm') d.setAuthTag(e.getAuthTag()); return [text, d.update(text, 'hex', 'utf8') + d.final('utf8'), info.mode === 'gcm' ? e.getAuthTag().toString('hex') : '', info] }) } return seen`));
  it('in pieces, as streams, with and without padding', () =>
    same(`const { pipeline, Readable } = require('stream'); const key = Buffer.alloc(32, 3), iv = Buffer.alloc(16, 4); const pieces = []; const e = c.createCipheriv('aes-256-cbc', key, iv);
      for (const piece of ['a', 'bcd'.repeat(11), '', 'e']) pieces.push(e.update(piece, 'utf8', 'base64')); pieces.push(e.final('base64'));
      const s = c.createCipheriv('aes-256-ctr', key, iv); const out = []; s.on('data', (d) => out.push(d)); await promisify(pipeline)(Readable.from(['x'.repeat(100), 'y']), s);
      const p = c.createCipheriv('des-ede3-cbc', Buffer.alloc(24, 5), Buffer.alloc(8, 6)).setAutoPadding(false); const large = c.createCipheriv('aes-128-ctr', Buffer.alloc(16), iv); const big = large.update(Buffer.alloc(9e6, 'z'));
      return [pieces, Buffer.concat(out).toString('hex'), p.update('12345678', 'utf8', 'hex') + p.final('hex'), await attempt(() => c.createCipheriv('aes-128-ecb', Buffer.alloc(16), null).setAutoPadding(false).update('1') && 1), c.createHash('md5').update(big).digest('hex')]`));
  it('authenticated, with additional data', () =>
    same(`const key = Buffer.alloc(32, 3), iv = Buffer.alloc(12, 4); const run = (name, options) => { const e = c.createCipheriv(name, key, iv, options); e.setAAD(Buffer.from('aad'), { plaintextLength: 4 }); const text = Buffer.concat([e.update('text'), e.final()]); const tag = e.getAuthTag();
      const d = c.createDecipheriv(name, key, iv, options); d.setAuthTag(tag); d.setAAD(Buffer.from('aad'), { plaintextLength: 4 }); return [text.toString('hex'), tag.toString('hex'), d.update(text, undefined, 'utf8') + d.final('utf8')] };
      return [run('aes-256-gcm'), run('chacha20-poly1305', { authTagLength: 16 }), run('aes-256-ccm', { authTagLength: 16 }), run('aes-256-ocb', { authTagLength: 12 })]`));
  it('refuses what Node refuses', () =>
    same(`const k = Buffer.alloc(16), gcm = () => c.createDecipheriv('aes-128-gcm', k, Buffer.alloc(12)); const done = c.createCipheriv('aes-128-cbc', k, k); done.final();
      return [await attempt(() => c.createCipheriv('nope', k, k)), await attempt(() => c.createCipheriv('aes-128-cbc', 'short', k)), await attempt(() => c.createCipheriv('aes-128-cbc', k, 'short')), await attempt(() => c.createCipheriv('aes-128-cbc', k, null)), await attempt(() => c.createCipheriv('aes-128-cbc', undefined, k)), await attempt(() => c.createCipheriv()),
        await attempt(() => gcm().setAuthTag(Buffer.alloc(16)).final()), await attempt(() => gcm().setAuthTag(Buffer.alloc(3))), await attempt(() => gcm().final()), await attempt(() => c.createDecipheriv('aes-128-cbc', k, k).final()), await attempt(() => { const d = c.createDecipheriv('aes-128-cbc', k, k); d.update(Buffer.alloc(32)); return d.final() }), await attempt(() => done.update('x')), await attempt(() => done.final()), await attempt(() => done.getAuthTag()), await attempt(() => c.createCipheriv('aes-128-cbc', k, k).update(5))]`));
  it('DES, RC4 and Blowfish of old password stores, and ciphers by a password', async () => {
    const body = `const c = require('crypto'); const des = c.createCipheriv('des-ecb', Buffer.from('133457799bbcdff1', 'hex'), null).setAutoPadding(false); const rc4 = c.createCipheriv('rc4', Buffer.from('Key'), null);
      const bf = c.createCipheriv('bf-ecb', Buffer.alloc(16), null); const e = c.createCipher('aes-256-cbc', 'password'); const text = e.update('hello', 'utf8', 'hex') + e.final('hex'); const d = c.createDecipher('aes-256-cbc', 'password');
      return [des.update('0123456789abcdef', 'hex', 'hex'), rc4.update('Plaintext', 'utf8', 'hex'), bf.update('12345678', 'utf8', 'hex').length, d.update(text, 'hex', 'utf8') + d.final('utf8'), text]`;
    const { key, iv } = passwordKey('password');
    const { createCipheriv } = await import('node:crypto');
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const text = cipher.update('hello', 'utf8', 'hex') + cipher.final('hex');
    expect(await inIsolate(body)).toEqual(['85e813540f0ab405', 'bbf316e8d940af0ad3', 16, 'hello', text]);
  });
});

/** OpenSSL's EVP_BytesToKey for AES-256-CBC, written out. */
function passwordKey(password: string): { key: Buffer; iv: Buffer } {
  const md5 = (...parts: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
  const secret = Buffer.from(password);
  const first = md5(secret);
  const second = md5(first, secret);
  return { key: Buffer.concat([first, second]), iv: md5(second, secret) };
}

describe('keys', () => {
  it('RSA encryption in all its directions', () =>
    same(`const seen = []; const text = Buffer.from('secret'); for (const options of [{}, { oaepHash: 'sha256' }, { oaepHash: 'sha1', oaepLabel: Buffer.from('l') }, { padding: c.constants.RSA_PKCS1_PADDING }, { padding: c.constants.RSA_PKCS1_OAEP_PADDING }])
        seen.push(await attempt(() => { const e = c.publicEncrypt({ key: rsa.publicKey, ...options }, text); return [e.length, c.privateDecrypt({ key: c.createPrivateKey(rsa.privateKey), ...options }, e).toString()] }));
      return [seen, c.privateEncrypt(rsa.privateKey, text).toString('hex'), c.publicDecrypt(rsa.publicKey, c.privateEncrypt(rsa.privateKey, text)).toString(), await attempt(() => c.publicEncrypt('no key', text)), await attempt(() => c.publicEncrypt(rsa.publicKey, Buffer.alloc(500))), await attempt(() => c.publicEncrypt(undefined, text)), await attempt(() => c.privateDecrypt(rsa.privateKey, Buffer.alloc(256)))]`));
  // Of a wrong passphrase, that it is refused: one in 256 decrypts to something, which then is no key.
  it('key objects and their exports', () =>
    same(`const key = c.createPrivateKey(rsa.privateKey), pub = c.createPublicKey(key), sec = c.createSecretKey(Buffer.from('abc')); const e = c.createPrivateKey({ key: ec.privateKey, format: 'pem' }); const locked = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
      return [key.type, pub.type, sec.type, key.asymmetricKeyType, pub.asymmetricKeyDetails.modulusLength, show(pub.asymmetricKeyDetails), show(e.asymmetricKeyDetails), sec.symmetricKeySize, sec.export().toString(), sec.export({ format: 'jwk' }), pub.export({ type: 'pkcs1', format: 'pem' }), show(key.export({ type: 'pkcs8', format: 'der' })), e.export({ format: 'jwk' }), c.createPublicKey({ key: e.export({ format: 'jwk' }), format: 'jwk' }).export({ type: 'spki', format: 'pem' }) === ec.publicKey,
        c.createPrivateKey({ key: locked, passphrase: 'x' }).equals(key), await attempt(() => c.createPrivateKey(locked)), (await attempt(() => c.createPrivateKey({ key: locked, passphrase: 'y' })))[0], await attempt(() => c.createPrivateKey('x')), await attempt(() => c.createPublicKey({})), await attempt(() => c.createSecretKey(5)), key instanceof c.KeyObject, c.createHmac('md5', sec).update('x').digest('hex'), await attempt(() => c.createHmac('md5', key)), await attempt(() => pub.export({})), await attempt(() => sec.equals(1))]`));
  it('signatures', () =>
    same(`const text = Buffer.from('text'); const s = c.createSign('RSA-SHA256').update('te').update('xt'); const sig = s.sign(rsa.privateKey, 'hex'); const w = c.createSign('sha256'); w.end('text'); const pss = { padding: c.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
      return [sig, w.sign({ key: rsa.privateKey }).toString('hex') === sig, c.createVerify('sha256').update(text).verify(rsa.publicKey, sig, 'hex'), c.createVerify('sha256').update('other').verify(rsa.publicKey, sig, 'hex'), c.verify('sha256', text, { key: rsa.publicKey, ...pss }, c.sign('sha256', text, { key: rsa.privateKey, ...pss })), c.sign(null, text, ed.privateKey).toString('hex'), c.verify(null, text, ed.publicKey, c.sign(null, text, ed.privateKey)),
        c.verify('sha384', text, { key: ec.publicKey, dsaEncoding: 'ieee-p1363' }, c.sign('sha384', text, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })), show(await promisify(c.sign)('sha1', text, rsa.privateKey)).length, await promisify(c.verify)('sha1', text, rsa.publicKey, Buffer.alloc(256)), await attempt(() => c.createSign('nope')), await attempt(() => s.sign(rsa.privateKey)), await attempt(() => c.createSign('md5').sign()), await attempt(() => c.sign('sha1', 'text', rsa.privateKey)), await attempt(() => c.sign('nope', text, rsa.privateKey))]`));
  it('agreed secrets', () =>
    same(`const key = Buffer.alloc(32, 7); const a = c.createECDH('secp256k1'); a.setPrivateKey(key); const b = c.createECDH('secp256k1'); b.generateKeys(); const g = c.getDiffieHellman('modp14'), h = c.createDiffieHellman(g.getPrime(), g.getGenerator()); g.generateKeys(); h.generateKeys(); const small = c.createDiffieHellman('17', 'hex', 5); small.setPrivateKey(Buffer.from([6])); small.generateKeys();
      return [a.getPublicKey('hex', 'compressed'), a.computeSecret(b.getPublicKey()).equals(b.computeSecret(a.getPublicKey('hex'), 'hex')), c.ECDH.convertKey(a.getPublicKey(), 'secp256k1', undefined, 'hex', 'compressed'), g.computeSecret(h.getPublicKey()).equals(h.computeSecret(g.getPublicKey())), g.verifyError, h.verifyError, small.getPublicKey('hex'), small.getPrime('hex'), show(c.diffieHellman({ privateKey: c.createPrivateKey(ec.privateKey), publicKey: c.createPublicKey(ec.publicKey) })), await attempt(() => c.createECDH('nope')), await attempt(() => c.getDiffieHellman('nope')), await attempt(() => a.computeSecret(Buffer.alloc(3))), await attempt(() => c.createDiffieHellman())]`));
  it('new pairs', () =>
    same(`const pair = c.generateKeyPairSync('rsa', { modulusLength: 1024 }); const text = c.generateKeyPairSync('ec', { namedCurve: 'P-384', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'sec1', format: 'der' } });
      const later = await new Promise((r) => c.generateKeyPair('ed25519', {}, (e, a, b) => r([e, a.type, b.type]))); const x = await new Promise((r) => c.generateKeyPair('x25519', undefined, (e, a) => r(a.asymmetricKeyType)));
      return [pair.publicKey.type, pair.privateKey.asymmetricKeyDetails.modulusLength, text.publicKey.split('\\n')[0], Buffer.isBuffer(text.privateKey), later, x, c.generateKeySync('hmac', { length: 64 }).symmetricKeySize, await attempt(() => c.generateKeyPairSync('nope')), await attempt(() => c.generateKeyPairSync('rsa', {})), await attempt(() => c.generateKeyPairSync('ec', { namedCurve: 'nope' })), await attempt(() => c.generateKeySync('aes', { length: 5 })), typeof (await new Promise((r) => c.generatePrime(32, (e, p) => r(p)))).byteLength, c.checkPrimeSync(7n), c.checkPrimeSync(Buffer.from([8]))]`));
});

describe('random values', () => {
  it('have the right shape, and arguments are checked as in Node', () =>
    same(`const b = Buffer.alloc(8); const f = await promisify(c.randomFill)(b, 2, 4); return [f === b, b[0], b[7], c.randomBytes(0).length, (await promisify(c.randomBytes)(5)).length, c.randomInt(3, 4), await promisify(c.randomInt)(1), c.randomUUID().length, c.randomFillSync(new Uint32Array(2), 1).length,
      await attempt(() => c.randomBytes(-1)), await attempt(() => c.randomBytes('x')), await attempt(() => c.randomBytes(2 ** 31 + 1)), await attempt(() => c.randomBytes(1, 'x')), await attempt(() => c.randomInt(5, 1)), await attempt(() => c.randomInt(1.5)), await attempt(() => c.randomInt(0, 2 ** 50)), await attempt(() => c.randomFillSync([])), await attempt(() => c.randomFillSync(b, 9)), await attempt(() => c.randomFillSync(b, 4, 9)), await attempt(() => c.randomFill(b)), await attempt(() => c.webcrypto.getRandomValues(new Uint8Array(70000)).length), await attempt(() => c.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2))), await attempt(() => c.timingSafeEqual('a', 'a'))]`));
});

describe('webcrypto', () => {
  it('hashes, signs and derives', () =>
    same(`const { subtle } = c.webcrypto; const hex = (b) => Buffer.from(b).toString('hex'); const data = Buffer.from('data'); const seen = [];
      for (const name of ['SHA-1', 'SHA-256', 'sha-384', { name: 'SHA-512' }]) seen.push(hex(await subtle.digest(name, data)));
      const mac = await subtle.importKey('raw', data, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']); seen.push(hex(await subtle.sign('HMAC', mac, data)), await subtle.verify('HMAC', mac, await subtle.sign('HMAC', mac, data), data), await subtle.exportKey('jwk', mac), [mac.type, mac.extractable, mac.usages, mac.algorithm]);
      const pass = await subtle.importKey('raw', data, 'PBKDF2', false, ['deriveBits', 'deriveKey']); const p = { name: 'PBKDF2', hash: 'SHA-256', salt: data, iterations: 100 }; seen.push(hex(await subtle.deriveBits(p, pass, 256)), hex(await subtle.exportKey('raw', await subtle.deriveKey(p, pass, { name: 'AES-GCM', length: 256 }, true, ['encrypt']))));
      const hk = await subtle.importKey('raw', data, 'HKDF', false, ['deriveBits']); seen.push(hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: data, info: data }, hk, 128))); return seen`));
  it('encrypts and signs with every kind of key that scripts use', () =>
    same(`const { subtle } = globalThis.crypto; const text = Buffer.from('text'), iv = Buffer.alloc(16, 1), raw = Buffer.alloc(32, 2); const hex = (b) => Buffer.from(b).toString('hex'); const seen = []; const body = (pem) => Buffer.from(pem.split('\\n').slice(1, -2).join(''), 'base64');
      for (const algorithm of [{ name: 'AES-GCM', iv }, { name: 'AES-CBC', iv }, { name: 'AES-CTR', counter: iv, length: 64 }]) { const key = await subtle.importKey('raw', raw, algorithm.name, false, ['encrypt', 'decrypt']); const e = await subtle.encrypt(algorithm, key, text); seen.push(hex(e), hex(await subtle.decrypt(algorithm, key, e))) }
      const oaep = { name: 'RSA-OAEP', hash: 'SHA-256' }; const e = await subtle.encrypt(oaep, await subtle.importKey('spki', body(rsa.publicKey), oaep, true, ['encrypt']), text); seen.push(hex(await subtle.decrypt(oaep, await subtle.importKey('pkcs8', body(rsa.privateKey), oaep, false, ['decrypt']), e)));
      for (const [name, keys, more] of [['RSASSA-PKCS1-v1_5', rsa], ['RSA-PSS', rsa, { saltLength: 32 }], ['ECDSA', ec, { namedCurve: 'P-256', hash: 'SHA-256' }], ['Ed25519', ed]]) { const a = { name, hash: 'SHA-256', ...more }; const s = await subtle.sign(a, await subtle.importKey('pkcs8', body(keys.privateKey), a, false, ['sign']), text); const v = await subtle.importKey('spki', body(keys.publicKey), a, true, ['verify']); seen.push(name, await subtle.verify(a, v, s, text), Object.keys(await subtle.exportKey('jwk', v)).sort(), show(v.algorithm)) }
      const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']); seen.push(pair.privateKey.extractable, pair.publicKey.extractable, (await subtle.deriveBits({ name: 'ECDH', public: pair.publicKey }, pair.privateKey, 256)).byteLength);
      const kw = await subtle.importKey('raw', raw, 'AES-KW', false, ['wrapKey', 'unwrapKey']); const w = await subtle.wrapKey('raw', await subtle.importKey('raw', raw, 'AES-CBC', true, ['encrypt']), kw, 'AES-KW'); seen.push(hex(w), (await subtle.unwrapKey('raw', w, kw, 'AES-KW', 'AES-CBC', true, ['encrypt'])).type); return seen`));
  it('refuses what Node refuses', () =>
    same(`const { subtle } = c.webcrypto; const raw = Buffer.alloc(16); const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']); const mac = await subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']); const say = async (f) => { try { return ['fine', await f()] } catch (e) { return [e.name, e.message, e.code, e instanceof DOMException] } };
      return [await say(() => subtle.decrypt({ name: 'AES-GCM', iv: raw }, key, raw)), await say(() => subtle.encrypt({ name: 'AES-GCM', iv: raw }, key, raw)), await say(() => subtle.exportKey('raw', key)), await say(() => subtle.sign('HMAC', mac, raw)), await say(() => subtle.importKey('raw', raw, 'nope', false, ['encrypt'])), await say(() => subtle.importKey('raw', Buffer.alloc(3), 'AES-GCM', false, ['encrypt'])), await say(() => subtle.digest('MD5', raw)), await say(() => subtle.importKey('raw', raw, 'PBKDF2', true, ['deriveBits']))]`));
});

describe('what a call may cost', () => {
  it.each([
    [
      `require('crypto').pbkdf2Sync('p', 's', 20_000_000, 20, 'sha1')`,
      /iteration count of 20000000 is above the limit/,
    ],
    [
      `require('crypto').scryptSync('p', 's', 20, { N: 2 ** 20, r: 8, maxmem: 2 ** 31 })`,
      /memory need .* is above the limit/,
    ],
    [
      `require('crypto').generateKeyPairSync('rsa', { modulusLength: 16384 })`,
      /modulus length of 16384 is above the limit/,
    ],
    [`require('crypto').createDiffieHellman(4096)`, /prime of 512 is above the limit/],
    [
      `await globalThis.crypto.subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' }, true, ['encrypt'])`,
      /modulus length/,
    ],
    [
      `const { subtle } = globalThis.crypto; const key = await subtle.importKey('raw', Buffer.from('p'), 'PBKDF2', false, ['deriveBits']); await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: Buffer.from('s'), iterations: 20_000_000 }, key, 256)`,
      /iteration count of 20000000 is above the limit/,
    ],
    [
      `for (let i = 0; i < 2000; i++) require('crypto').createCipheriv('aes-128-ecb', Buffer.alloc(16), null)`,
      /open at once/,
    ],
    [
      `await Promise.all(Array.from({ length: 300 }, () => new Promise((r, j) => require('crypto').pbkdf2('p', 's', 100_000, 20, 'sha1', (e) => e ? j(e) : r()))))`,
      /256 calls of crypto at once/,
    ],
    [
      `require('crypto').createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).setAAD(Buffer.alloc(70e6))`,
      /given at once .* above the limit/,
    ],
  ])('%s', async (statement, expected) => {
    const body = `try { ${statement} } catch (e) { return [e.code, e.message] }`;
    const [code, message] = (await inIsolate(body, { memoryLimitBytes: 512 * 1024 * 1024 })) as string[];
    expect(code).toBe('QUOTA_EXCEEDED');
    expect(message).toMatch(expected);
  });
});

it('refuses options of random UUIDs that are none', () =>
  same(
    `return [await attempt(() => c.randomUUID(1)), await attempt(() => c.randomUUID({ disableEntropyCache: '' })), c.randomUUID({ disableEntropyCache: true }).length]`,
  ));
