import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Sealer } from './sealer.ts';

/** What the browser holds of a sign-in: the key or token itself, sealed. Times in epoch milliseconds. */
export type Session = {
  readonly credential: string;
  readonly beganMs: number;
  readonly usedMs: number;
  /** Not later than the token's own end. */
  readonly endsMs: number;
};

const SESSION_MS_MAX = 8 * 3_600_000;
const IDLE_MS_MAX = 30 * 60_000;
/** How far the clocks of replicas may be apart. */
const AHEAD_MS_MAX = 5 * 60_000;
/** A use is written down when the last one was so long ago. */
const RENEWED_AFTER_MS = 60_000;
/** What browsers keep of a cookie, its name and attributes included. */
const COOKIE_LENGTH_MAX = 4_096;

/** Sent with our own pages' calls only, to this host only, over TLS (or to this very machine), and shown to no script. */
const COOKIE = '__Host-userferry_session';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

const sessionForm = z.object({
  credential: z.string(),
  beganMs: z.number(),
  usedMs: z.number(),
  endsMs: z.number(),
});

/** @param tokenEndsMs of a token; a key's end is looked at with each call. */
export const newSession = (credential: string, nowMs: number, tokenEndsMs = Number.POSITIVE_INFINITY): Session => ({
  credential,
  beganMs: nowMs,
  usedMs: nowMs,
  endsMs: Math.min(nowMs + SESSION_MS_MAX, tokenEndsMs),
});

/** The header that makes the browser keep a session; `undefined`: it is too long for that. */
export const sessionCookie = (session: Session, sealer: Sealer): string | undefined => {
  const seconds = Math.floor(Math.min(IDLE_MS_MAX, session.endsMs - session.usedMs) / 1_000);
  const cookie = `${COOKIE}=${sealer.seal('session', session)}; Max-Age=${seconds}; ${ATTRIBUTES}`;
  return cookie.length > COOKIE_LENGTH_MAX ? undefined : cookie;
};

export const NO_SESSION_COOKIE = `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;

/** The session that a request's cookies hold; `undefined`: none, or one that has ended. */
export const sessionIn = (cookies: string | undefined, sealer: Sealer, nowMs: number): Session | undefined => {
  const sealed = new RegExp(`(?:^|;)\\s*${COOKIE}=([\\w-]+)`).exec(cookies ?? '')?.[1];
  if (sealed === undefined) return undefined;
  const parsed = sessionForm.safeParse(sealer.open('session', sealed));
  if (!parsed.success) return undefined;
  const { beganMs, usedMs, endsMs } = parsed.data;
  // Of a clock that was ahead: all its times are, and it would live so much longer.
  if (Math.max(beganMs, usedMs) > nowMs + AHEAD_MS_MAX) return undefined;
  return nowMs < endsMs && nowMs < usedMs + IDLE_MS_MAX ? parsed.data : undefined;
};

/** The session with this use of it written down, where that is due. */
export const renewed = (session: Session, nowMs: number): Session | undefined =>
  nowMs - session.usedMs >= RENEWED_AFTER_MS ? { ...session, usedMs: nowMs } : undefined;

/**
 * Whether a page says of its call that nobody did anything for it: what it asks again by itself must not keep a session
 * awake at which nobody is. To say so shortens one's own session only, and so it is believed.
 */
export const isUnattended = (headers: IncomingHttpHeaders): boolean => headers['x-userferry-unattended'] === '1';
