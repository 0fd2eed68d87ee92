/**
 * HTTP/1.1: follows requests and answers, so that a connection on which every answer has come may serve another run. There
 * is no login to play back; what a connection is let in by as a whole (NTLM, Negotiate) makes it unfit.
 */
import type { Socket } from 'node:net';
import { REUSE } from '../limits.ts';
import type { Follower } from './follower.ts';
import { bodyOf, createHttpReader, type HttpBody, type HttpHead } from './http-messages.ts';
import { createTlsOpening } from './tls-opening.ts';

const REQUEST = /^([A-Z]+) \S+ HTTP\/1\.1$/;
const ANSWER = /^HTTP\/1\.1 (\d{3})(?: |$)/;
/** Ways to log in by which a server lets a connection in, and not a request. */
const OF_CONNECTIONS = /\b(?:ntlm|negotiate|kerberos|credssp|nego2|pku2u)\b/i;
const LOGIN_FIELDS = ['www-authenticate', 'proxy-authenticate', 'authorization', 'proxy-authorization'];
/** In a request: words after which the connection may be something else. */
const UNFIT_FIELDS = ['upgrade', 'expect', 'persistent-auth', 'proxy-connection', 'http2-settings'];

/** Whether the connection stays what it is beyond this message. */
function staysOpen({ fields }: HttpHead): boolean {
  const words = (fields.get('connection') ?? '').toLowerCase().split(/\s*,\s*/);
  if (words.includes('close') || words.includes('upgrade')) return false;
  if (UNFIT_FIELDS.some((name) => fields.has(name))) return false;
  return !LOGIN_FIELDS.some((name) => OF_CONNECTIONS.test(fields.get(name) ?? ''));
}

/** How long a server keeps an idle connection by its own words, less the time that it takes them to arrive. */
function idleMsOf({ fields }: HttpHead): number {
  const hint = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(fields.get('keep-alive') ?? '')?.[1];
  if (hint === undefined) return REUSE.httpIdleMs;
  return Math.min(REUSE.idleMs, Number(hint) * 1000 - REUSE.httpMarginMs);
}

/** Whether nothing lies unread on a socket that has just begun to flow: that shows in a later turn. */
const hasNothingToSay = (socket: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    socket.once('data', () => resolve(false));
    setImmediate(() => resolve(true));
  });

export function createHttpFollower(): Follower {
  const opening = createTlsOpening();
  const { lose } = opening;
  /** The method of the request that waits for its answer. */
  let asked: string | undefined;
  let idleMs = 0;
  let answeredAtMs = 0;

  const fromScript = createHttpReader(
    (head): HttpBody => {
      const [, method] = REQUEST.exec(head.line) ?? [];
      if (method === undefined || method === 'CONNECT' || asked !== undefined || !staysOpen(head)) return lose();
      asked = method;
      return bodyOf(head) ?? 0;
    },
    () => undefined,
  );
  const onAnswer = (head: HttpHead): HttpBody => {
    const status = Number(ANSWER.exec(head.line)?.[1] ?? 0);
    if (status < 100 || status === 101 || asked === undefined || !staysOpen(head)) return lose();
    isFinal = status >= 200;
    if (!isFinal) return 0;
    idleMs = idleMsOf(head);
    const body = bodyOf(head);
    if (body === 'lost') return lose();
    if (asked === 'HEAD' || status === 204 || status === 304) return 0;
    // What lasts until the connection ends.
    return body ?? lose();
  };
  const onAnswered = (): void => {
    if (!isFinal) return;
    // Answered before it was asked to the end: what comes next may be taken for anything.
    if (!fromScript.isBetween()) lose();
    asked = undefined;
    answeredAtMs = performance.now();
  };
  let isFinal = false;
  const fromServer = createHttpReader(onAnswer, onAnswered);
  const leftMs = (): number => idleMs - (performance.now() - answeredAtMs);

  return {
    ...opening.steps,
    onWrite(bytes) {
      if (opening.phase() === 'replaying') return 'broken';
      opening.noteSpeech();
      if (opening.phase() === 'open') fromScript.push(bytes);
      return 'send';
    },
    onData(bytes) {
      opening.noteSpeech();
      if (opening.phase() === 'open' && asked === undefined) lose();
      else if (opening.phase() === 'open') fromServer.push(bytes);
    },
    isInOrder() {
      if (opening.phase() !== 'open' || asked !== undefined || answeredAtMs === 0 || leftMs() <= 0) return false;
      if (!opening.isWhole()) return false;
      return [fromScript, fromServer].every((messages) => messages.isBetween() && !messages.isLost());
    },
    idleMs: () => Math.max(0, Math.min(REUSE.idleMs, leftMs())),
    reset: hasNothingToSay,
  };
}
