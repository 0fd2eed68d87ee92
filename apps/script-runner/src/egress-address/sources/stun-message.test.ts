import { stunMessage, stunSuccess } from '@userferry/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingRequest, readBindingAnswer } from './stun-message.ts';

const hex = (...lines: string[]) => Buffer.from(lines.join('').replaceAll(' ', ''), 'hex');

/** RFC 5769, sections 2.2 and 2.3: the sample responses, byte by byte. */
const TRANSACTION_ID = hex('b7e7a701 bc34d686 fa87dfae');
const IPV4_RESPONSE = hex(
  '0101003c 2112a442 b7e7a701 bc34d686 fa87dfae',
  '8022000b 74657374 20766563 746f7220',
  '00200008 0001a147 e112a643',
  '00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7',
  '80280004 c07d4c96',
);
const IPV6_RESPONSE = hex(
  '01010048 2112a442 b7e7a701 bc34d686 fa87dfae',
  '8022000b 74657374 20766563 746f7220',
  '00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9',
  '00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41',
  '80280004 c8fb0b4c',
);

describe('the test vectors of RFC 5769', () => {
  it('are read: IPv4 and IPv6', () => {
    expect(readBindingAnswer(IPV4_RESPONSE, TRANSACTION_ID)).toEqual({ address: '192.0.2.1' });
    expect(readBindingAnswer(IPV6_RESPONSE, TRANSACTION_ID)).toEqual({
      address: '2001:0db8:1234:5678:0011:2233:4455:6677',
    });
  });

  it('are ignored when any byte before the fingerprint is another', () => {
    for (const response of [IPV4_RESPONSE, IPV6_RESPONSE])
      for (let at = 0; at < response.length - 8; at += 1) {
        const changed = Buffer.from(response);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        const answer = readBindingAnswer(changed, TRANSACTION_ID);
        // 0x0101 with that bit is 0x0111: an error response, which has no address either.
        expect(answer === 'ignored' || (at === 1 && answer === 'refused'), `byte ${at}`).toBe(true);
      }
  });

  it('are ignored as answers to another request', () => {
    expect(readBindingAnswer(IPV4_RESPONSE, hex('b7e7a701 bc34d686 fa87dfaf'))).toBe('ignored');
  });
});

describe('a request', () => {
  it('is a Binding request with the cookie, the id, and no attribute', () => {
    expect(bindingRequest(TRANSACTION_ID).toString('hex')).toBe('000100002112a442b7e7a701bc34d686fa87dfae');
  });
});

describe('an answer', () => {
  const id = TRANSACTION_ID;

  it('that is an error is a refusal', () => {
    expect(readBindingAnswer(stunMessage(0x0111, id, []), id)).toBe('refused');
  });

  it.each([
    ['a request', stunMessage(0x0001, id, [])],
    ['an indication', stunMessage(0x0011, id, [])],
    ['of another method', stunMessage(0x0103, id, [[0x0020, Buffer.from('00012112e112a643', 'hex')]])],
    ['without an address', stunMessage(0x0101, id, [])],
    ['with what a client has to understand and we do not', stunMessage(0x0101, id, [[0x0003, Buffer.alloc(4)]])],
    ['with an address of no family', stunMessage(0x0101, id, [[0x0020, Buffer.from('0003a147e112a643', 'hex')]])],
    ['with an IPv6 address of four bytes', stunMessage(0x0101, id, [[0x0020, Buffer.from('0002a147e112a643', 'hex')]])],
    ['with an empty address', stunMessage(0x0101, id, [[0x0020, Buffer.alloc(0)]])],
    [
      'with the address that anybody on the way may have rewritten',
      stunMessage(0x0101, id, [[0x0001, Buffer.from('0001a147c0000201', 'hex')]]),
    ],
    ['cut off', stunSuccess(id, '192.0.2.1', 1).subarray(0, 28)],
    ['longer than it says', Buffer.concat([stunSuccess(id, '192.0.2.1', 1), Buffer.alloc(4)])],
    ['empty', Buffer.alloc(0)],
  ])('that is %s is ignored', (_, message) => expect(readBindingAnswer(message, id)).toBe('ignored'));

  it('is believed only before its signature', () => {
    const [mine, forged] = ['192.0.2.1', '198.51.100.66'].map((each) => stunSuccess(id, each, 1).subarray(24));
    const signature = [0x0008, Buffer.alloc(20)] as const;
    const read = (...attributes: (readonly [number, Buffer])[]) =>
      readBindingAnswer(stunMessage(0x0101, id, attributes), id);
    expect(read([0x0020, mine as Buffer], signature, [0x0020, forged as Buffer])).toEqual({ address: '192.0.2.1' });
    expect(read(signature, [0x0020, forged as Buffer])).toBe('ignored');
  });

  it('of any bytes at all is an address, a refusal or ignored, and never an exception', () => {
    const near = fc
      .tuple(
        fc.constantFrom(IPV4_RESPONSE, IPV6_RESPONSE),
        fc.array(fc.tuple(fc.nat(95), fc.nat(255)), { maxLength: 6 }),
      )
      .map(([response, changes]) => {
        const bytes = Buffer.from(response);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return bytes;
      });
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(near, any), (bytes) => {
        const answer = readBindingAnswer(bytes, id);
        expect(typeof answer === 'string' || typeof answer.address === 'string').toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
