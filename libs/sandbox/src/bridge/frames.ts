/**
 * What supervisor and isolate host say to each other over the frame pipe: a 4-byte big-endian length, then that many
 * bytes of UTF-8 JSON holding exactly one of the objects below. Every byte from an isolate host is hostile input: length
 * and schema are checked before anything else looks at it. Connected sockets travel beside this, over Node's IPC channel,
 * parent to child only, each with a `SocketMessage`: what must be known of a socket comes with it, so that it is in use
 * before the first byte, or its end, is read from it.
 */
import { type Isolation, LIMITS, LOG_LEVELS, OUTCOMES, type ScriptLanguage } from '@userferry/script-contract';
import { z } from 'zod';
import { DNS_QUESTIONS } from './dns-questions.ts';
import { LOGS, RESULT_CHARACTERS_MAX } from './frame-limits.ts';
import type { SocketAddresses } from './operations.ts';

export { FRAME_BYTES_MAX } from './frame-limits.ts';

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const text = (max: number) => z.string().max(max);

/** An error of the operating system or resolver as Node shapes it, so that drivers see what they see in plain Node. */
const systemErrorSchema = z.strictObject({
  message: text(2048),
  code: text(64).optional(),
  errno: z.number().optional(),
  syscall: text(64).optional(),
  hostname: text(512).optional(),
  address: text(512).optional(),
  port: z.number().optional(),
});
export type SystemError = z.infer<typeof systemErrorSchema>;

// ---- isolate host → supervisor ----

const ready = z.strictObject({ kind: z.literal('ready') });

/** Open a TCP connection; answered by the socket over IPC or `connect_failed`. No two questions of a host have the same id. */
const connect = z.strictObject({
  kind: z.literal('connect'),
  id,
  runId: text(128),
  host: text(512),
  port: z.int().min(0).max(65535),
  family: z.union([z.literal(0), z.literal(4), z.literal(6)]),
});

/** A DNS question; `port` is of a `service`, `ttl` of addresses. Answered by `resolved`. */
const resolve = z.strictObject({
  kind: z.literal('resolve'),
  id,
  runId: text(128),
  type: z.enum(DNS_QUESTIONS),
  name: text(512),
  family: z.union([z.literal(0), z.literal(4), z.literal(6)]),
  port: z.int().min(0).max(65535).optional(),
  ttl: z.boolean().optional(),
});

/** It is added up with that of others: what no run can have spent is no usage. */
const spentMs = z.number().min(0).max(86_400_000);

/** `overloaded` is the supervisor's word: it says that a run never began, so that even a write may be sent again. */
const hostOutcome = z.enum(OUTCOMES).refine((outcome): boolean => outcome !== 'overloaded');

/** As the wire to whoever asked for the run has numbers. */
const place = z.int32();
const howMany = z.int32().min(0);

/** All lines are looked through for secrets, on the thread that serves everybody: no more of them than a host's guest may write. */
const logs = z
  .array(z.strictObject({ level: z.enum(LOG_LEVELS), text: text(LOGS.lineCharacters), atMs: z.number() }))
  .max(LOGS.lines)
  .refine((lines) => lines.reduce((sum, line) => sum + line.text.length, 0) <= LOGS.bytes + LOGS.lineCharacters);

/** The run is over. */
const result = z.strictObject({
  kind: z.literal('result'),
  runId: text(128),
  outcome: hostOutcome,
  resultJson: text(RESULT_CHARACTERS_MAX).optional(),
  error: z
    .strictObject({
      name: text(256),
      message: text(16384),
      code: text(256).optional(),
      line: place.optional(),
      column: place.optional(),
    })
    .optional(),
  logs,
  usage: z.strictObject({
    wallMs: spentMs,
    cpuMs: spentMs,
    heapBytes: z
      .number()
      .min(0)
      .max(2 ** 40),
    connectionsOpened: howMany.optional(),
    connectionsReused: howMany.optional(),
    crossings: howMany.optional(),
    connectMs: spentMs.optional(),
    queryMs: spentMs.optional(),
    hashMs: spentMs.optional(),
  }),
  /** Of a run that was ended: whether its isolate was computing then, and may be unstoppable. */
  busy: z.boolean().optional(),
});

/** Answer to `check`. */
const checked = z.strictObject({
  kind: z.literal('checked'),
  id,
  problems: z
    .array(
      z.strictObject({
        name: text(256),
        message: text(4096),
        line: place.optional(),
        column: place.optional(),
      }),
    )
    .max(100),
  javascript: text(LIMITS.sourceBytesMax).optional(),
});

/** What an isolate host ends itself for. Words of ours alone: an error's own text could be a tenant's. */
const LAST_WORDS = [
  'a run could not be served',
  'a script could not be checked',
  'an isolate broke',
  'an isolate does not end',
] as const;
export type LastWords = (typeof LAST_WORDS)[number];

/** It is about to end itself. */
const ending = z.strictObject({ kind: z.literal('ending'), why: z.enum(LAST_WORDS) });

export const hostFrameSchema = z.discriminatedUnion('kind', [ready, connect, resolve, result, checked, ending]);
export type HostFrame = z.infer<typeof hostFrameSchema>;

// ---- supervisor → isolate host ----

/** A place that a connection of an earlier run may lead to, judged for this run. */
export type ReusableDestination = { readonly host: string; readonly port: number; readonly address: string };

export type RunFrame = {
  kind: 'run';
  runId: string;
  source: string;
  functionName: string;
  argsJson: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  memoryLimitBytes: number;
  /** `per_run`: in an isolate that has run nothing and will run nothing else. Absent: one that is warm will do. */
  isolation?: Isolation;
  /** There where connections may be kept: those of earlier runs may serve this one as far as they lead to one of these. */
  reuse?: { readonly destinations: readonly ReusableDestination[] };
};

export type SupervisorFrame =
  | RunFrame
  | { kind: 'cancel'; runId: string }
  | { kind: 'check'; id: number; source: string; functionName: string; language: ScriptLanguage }
  | { kind: 'connect_failed'; id: number; error: SystemError }
  | { kind: 'resolved'; id: number; records?: readonly unknown[]; error?: SystemError };

/** Goes with each socket: the id of the `connect` that asked for it. */
export type SocketMessage = { readonly id: number; readonly addresses: SocketAddresses };
