/** The tokens of a server's answer to a login or to settings (MS-TDS 2.2.7): nothing that carries rows. */

export type TdsAnswer = {
  /** Whether it consists of nothing but known tokens, without an error, and ends as an answer does. */
  readonly isFine: boolean;
  readonly hasLoginAck: boolean;
  /** The kinds of what has changed in the session. */
  readonly changes: ReadonlySet<number>;
};

export const CHANGE = { reset: 18, routing: 20 } as const;

const ERROR = 0xaa;
const LOGIN_ACK = 0xad;
const FEATURES = 0xae;
const ENVIRONMENT = 0xe3;
const SESSION_STATE = 0xe4;
const RETURN_STATUS = 0x79;
const DONE = new Set([0xfd, 0xfe, 0xff]);
/** Those with a length of two bytes: error, info, consent to a login, change of the environment. */
const SIZED = new Set([ERROR, 0xab, LOGIN_ACK, ENVIRONMENT]);
const DONE_BYTES = 12;
const MORE = 1;
const FAILED = 2;
const END_OF_FEATURES = 0xff;

/** Where the features that a server agrees to end. */
function featuresEnd(payload: Buffer, from: number): number {
  let at = from;
  while (at < payload.length && payload[at] !== END_OF_FEATURES) {
    if (at + 5 > payload.length) return Number.POSITIVE_INFINITY;
    at += 5 + payload.readUInt32LE(at + 1);
  }
  return at + 1;
}

function tokenEnd(payload: Buffer, token: number, at: number): number {
  if (DONE.has(token)) return at + DONE_BYTES;
  if (token === RETURN_STATUS) return at + 4;
  if (token === FEATURES) return featuresEnd(payload, at);
  if (token === SESSION_STATE && at + 4 <= payload.length) return at + 4 + payload.readUInt32LE(at);
  return SIZED.has(token) && at + 2 <= payload.length ? at + 2 + payload.readUInt16LE(at) : Number.POSITIVE_INFINITY;
}

export function readTdsAnswer(payload: Buffer): TdsAnswer {
  const changes = new Set<number>();
  let hasLoginAck = false;
  let isAtEnd = false;
  const wrong = { isFine: false, hasLoginAck, changes };
  for (let at = 0; at < payload.length; ) {
    const token = payload[at] as number;
    const end = tokenEnd(payload, token, at + 1);
    if (token === ERROR || isAtEnd || end > payload.length) return wrong;
    if (token === LOGIN_ACK) hasLoginAck = true;
    if (token === ENVIRONMENT) changes.add(payload[at + 3] as number);
    const status = DONE.has(token) ? payload.readUInt16LE(at + 1) : MORE;
    if ((status & FAILED) !== 0) return wrong;
    isAtEnd = (status & MORE) === 0;
    at = end;
  }
  return { isFine: isAtEnd, hasLoginAck, changes };
}
