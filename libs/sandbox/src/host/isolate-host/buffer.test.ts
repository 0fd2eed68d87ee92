/** Buffers and decoders beside plain Node: what Node's own tests showed to differ. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame } = createSideBySide(() => host);

/** The value of each expression, or what it threw. */
const expectSameOfEach = (expressions: readonly string[]): Promise<void> =>
  expectSame(`return [${expressions.map((one) => `await attempt(() => (${one}))`).join(',\n')}]`);

describe('Buffer beside plain Node', () => {
  it('shows its methods to who goes through them, as mysql2 does', () =>
    expectSame(`const methods = []; for (const name in Buffer.prototype) if (typeof Buffer.prototype[name] === 'function') methods.push(name);
      const empty = Buffer.alloc(0); for (const name in Buffer.prototype) if (typeof empty[name] === 'function') empty[name] = () => 'nothing';
      return [methods.sort(), Object.keys(Buffer).sort(), empty.writeUInt32LE(1, 4), empty.utf8Write('x')]`));

  it('reads numbers where they lie, and nowhere else', () =>
    expectSameOfEach([
      'Buffer.from("ff01fe02fd03fc04", "hex").readUInt16BE(1)',
      'Buffer.from("ff01fe02fd03fc04", "hex").readIntLE(0, 6)',
      'Buffer.from("ff01fe02fd03fc04", "hex").readUIntBE(2, 3)',
      'Buffer.from("ff01fe02fd03fc04", "hex").readInt32LE()',
      'Buffer.from("ff01fe02fd03fc04", "hex").readBigInt64BE()',
      'Buffer.from("ff01fe02fd03fc04", "hex").readDoubleLE(0)',
      'Buffer.from("ff01fe02fd03fc04", "hex").readFloatBE(4)',
      'Buffer.alloc(4).readUInt32BE(1)',
      'Buffer.alloc(4).readUInt16LE(-1)',
      'Buffer.alloc(4).readInt8(1.5)',
      'Buffer.alloc(4).readInt8("1")',
      'Buffer.alloc(4).readUIntBE(0, 7)',
      'Buffer.alloc(4).readUIntBE(0)',
      'Buffer.alloc(1).readDoubleBE()',
    ]));

  it('writes numbers that fit, and cuts none', () =>
    expectSameOfEach([
      '(() => { const b = Buffer.alloc(12); return [b.writeInt32BE(-2, 1), b.writeUIntLE(0xabcdef, 6, 3), b] })()',
      '(() => { const b = Buffer.alloc(16); return [b.writeDoubleBE(1.5), b.writeBigUInt64LE(2n ** 63n, 8), b] })()',
      'Buffer.alloc(1).writeUInt8(256)',
      'Buffer.alloc(4).writeUInt32LE(2 ** 32)',
      'Buffer.alloc(4).writeInt32BE(2 ** 31)',
      'Buffer.alloc(6).writeIntBE(-(2 ** 47) - 1, 0, 6)',
      'Buffer.alloc(8).writeBigInt64BE(2n ** 63n)',
      'Buffer.alloc(8).writeBigInt64BE("bad")',
      'Buffer.alloc(1).writeUInt16BE(1)',
    ]));

  it('compares, copies and joins with the same checks', () =>
    expectSameOfEach([
      'Buffer.compare(Buffer.from("a"), "b")',
      'Buffer.from("abc").compare(Buffer.from("xabcx"), 1, 4)',
      'Buffer.from("abc").compare(Buffer.from("b"), 0, 9)',
      'Buffer.from("abc").equals([])',
      '(() => { const b = Buffer.alloc(4); return [Buffer.from("abcdef").copy(b, 1, 2), b] })()',
      'Buffer.from("a").copy({})',
      'Buffer.from("a").copy(Buffer.alloc(1), 0, 2)',
      'Buffer.concat([Buffer.from("ab"), new Uint8Array([99])], 5)',
      'Buffer.concat("ab")',
      'Buffer.concat([Buffer.alloc(1), "b"])',
      'Buffer.concat([], 100)',
    ]));

  it('finds bytes, text and numbers from either end', () =>
    expectSameOfEach([
      'Buffer.from("abcabc").indexOf("c", -3)',
      'Buffer.from("abcabc").lastIndexOf("c", 4)',
      'Buffer.from("abcabc").lastIndexOf("")',
      'Buffer.from("abcabc").includes(0x162)',
      'Buffer.from("\\u4f60a", "ucs2").indexOf("a", 0, "ucs2")',
      'Buffer.from("abc").indexOf("")',
      'Buffer.from("abc").indexOf({})',
      'Buffer.from("abc").indexOf("a", 0, "nothing")',
    ]));

  it('is made, filled and shown as in Node', () =>
    expectSameOfEach([
      'Buffer.from({})',
      'Buffer.from(5)',
      'Buffer.from(new String("text"))',
      'Buffer.from({ type: "Buffer", data: [1, 2] })',
      'Buffer.from(new ArrayBuffer(2), 3)',
      'Buffer.from("zz", "nothing")',
      'Buffer.alloc(-1)',
      'Buffer.alloc("5")',
      'Buffer.alloc(5, "ab").toString()',
      'require("util").inspect(Buffer.alloc(60)).slice(-20)',
      'Buffer.from("abc").toString("latin1", 1, 9)',
      'Buffer.from("abc").toString("nothing")',
      'Buffer.alloc(2).write("abc", 3)',
      'Buffer.alloc(2).write(5)',
      'Buffer.from("abc").subarray(1).constructor.name',
      'require("buffer").transcode(Buffer.from("\\u20ac\\u00fc"), "utf8", "latin1")',
      '[Buffer.from("abc") instanceof Uint8Array, Buffer.from("abc").map((x) => x + 1)]',
    ]));

  it('fills with the same checks', () =>
    expectSameOfEach(
      [
        ...[
          '"abc", 1, 6',
          '"abc", 8',
          '"x", -1',
          '"x", 0, 9',
          '1, 1.5',
          '1, {}',
          '"zz", "hex"',
          '"", 2',
          '"x", 0, 3, "nothing"',
          '"x", 0, 3, 5',
        ],
        ...[
          'new Uint16Array([1, 513]), 1',
          'Buffer.alloc(0)',
          '{}',
          '[5]',
          'true',
          'null',
          '-1',
          '1n',
          'Symbol()',
          '"\\u20ac", "latin1"',
          '"YWI", "base64"',
        ],
      ]
        .map((args) => `Buffer.alloc(7, 9).fill(${args})`)
        .concat([
          'Buffer.alloc(5, "x", "nothing")',
          'Buffer.alloc(5, "zz", "hex")',
          'Buffer.alloc(5, [1])',
          'Buffer.alloc(0).fill("zz", "hex")',
        ]),
    ));

  it('turns numbers around, where they are whole', () =>
    expectSameOfEach(
      [16, 32, 64].flatMap((bits) => [
        `Buffer.alloc(7).swap${bits}()`,
        `Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap${bits}()`,
        `Buffer.alloc(0).swap${bits}.name`,
      ]),
    ));

  it('takes half a byte of hex for none, wherever it is written', () =>
    expectSameOfEach([
      'Buffer.from("abc", "hex")',
      '[Buffer.alloc(3).write("abc", "hex")]',
      'Buffer.alloc(2).fill("abc", "hex")',
      'Buffer.byteLength("abc", "hex")',
    ]));

  it('converts and asks with the same checks', () =>
    expectSameOfEach([
      ...['ascii', 'latin1', 'utf8', 'ucs2'].flatMap((one) =>
        ['ascii', 'binary', 'utf-8', 'utf16le'].map(
          (other) => `require("buffer").transcode(Buffer.from("\\u00fc\\u20aca\\ud83d\\ude00"), "${one}", "${other}")`,
        ),
      ),
      ...[
        '"x", "utf8", "ucs2"',
        'Buffer.from("x"), "utf8", "hex"',
        'Buffer.from("x"), "nothing", "utf8"',
        'Buffer.alloc(0), 1, 2',
      ].map((args) => `require("buffer").transcode(${args})`),
      ...['isUtf8', 'isAscii'].flatMap((name) =>
        ['"x"', 'new ArrayBuffer(2)', 'new Uint16Array([0xffff])', 'Buffer.from([0xff])', ''].map(
          (input) => `require("buffer").${name}(${input})`,
        ),
      ),
      ...['', '"YQ="', '"="', '"Y=Q="', '" Y Q = = "', '"YQ"', '"a"', '"\\u00fc"', 'null'].map(
        (input) => `atob(${input})`,
      ),
      'btoa()',
      'btoa("\\u20ac")',
      'Object.keys(require("buffer")).sort()',
    ]));

  it('turns broken UTF-8 into as many replacement characters', () =>
    expectSameOfEach(
      ['f0b841', 'e4bd', 'c0af', 'eda080', 'f48fbfbf', 'f4908080', '80', 'e18080f0', 'f09f9880ff'].map(
        (hex) => `Buffer.from('${hex}', 'hex').toString()`,
      ),
    ));
});

describe('StringDecoder beside plain Node', () => {
  it.each(['utf8', 'utf16le', 'base64', 'base64url', 'hex', 'latin1'])('takes %s in any pieces', (encoding) =>
    expectSame(
      `const { StringDecoder } = require('string_decoder'); const all = Buffer.from('a\\u00fc\\u4f60\\ud83d\\ude00\\xff', args[0] === 'utf16le' ? 'ucs2' : 'utf8');
      const seen = []; for (const size of [1, 2, 3, 5]) { const d = new StringDecoder(args[0]); for (let at = 0; at < all.length; at += size) seen.push(d.write(all.subarray(at, at + size)), d.lastNeed, d.lastTotal); seen.push(d.end(), d.end(Buffer.from([0xe4]))) }
      return seen`,
      { args: [encoding] },
    ),
  );

  it('refuses what is no encoding and what are no bytes', () =>
    expectSameOfEach([
      'new (require("string_decoder").StringDecoder)("nothing")',
      'new (require("string_decoder").StringDecoder)().write(null)',
    ]));
});
