import type { Outcome } from '@userferry/script-contract';
import type { LastWords } from '../../../bridge/frames.ts';

/** Why an isolate host ended, in one word. The first four are the ordinary way of things. */
export type HostDeath =
  | 'idle'
  | 'replaced'
  | 'served_its_purpose'
  | 'closed'
  | 'too_much_memory_between_runs'
  | 'out_of_memory'
  | 'stuck'
  | 'broke_the_rules'
  | 'at_birth'
  | 'crashed';

/** What a host is killed with, in words for the log and for the runs in it. */
export const DEATHS = {
  idle: 'idle',
  replaced: 'room was needed for another connection',
  servedItsPurpose: 'it has served its purpose',
  closed: 'the sandbox is closed',
  tooMuchMemory: 'it holds too much memory',
  stuck: 'the isolate host was stuck in another run of this connection',
  stuckInSource: 'the source could not be compiled in time',
  brokeTheRules: 'the isolate host broke the rules of its channel',
  notReadyInTime: 'the isolate host was not ready in time',
} as const;

export type DeathText = (typeof DEATHS)[keyof typeof DEATHS];

const WORDS: Readonly<Record<DeathText, HostDeath>> = {
  [DEATHS.idle]: 'idle',
  [DEATHS.replaced]: 'replaced',
  [DEATHS.servedItsPurpose]: 'served_its_purpose',
  [DEATHS.closed]: 'closed',
  [DEATHS.tooMuchMemory]: 'too_much_memory_between_runs',
  [DEATHS.stuck]: 'stuck',
  [DEATHS.stuckInSource]: 'stuck',
  [DEATHS.brokeTheRules]: 'broke_the_rules',
  [DEATHS.notReadyInTime]: 'at_birth',
};

/** What a host ends itself for, once it has told how a run ended: that run's isolate did not stop, or V8 had no more memory. */
const UNSTOPPED: Readonly<Partial<Record<Outcome, HostDeath>>> = {
  timed_out: 'stuck',
  killed: 'stuck',
  out_of_memory: 'out_of_memory',
};

/** The same by its own last words, which it may not come to: V8 can take the process with it. */
const SAID: Readonly<Partial<Record<LastWords, HostDeath>>> = {
  'an isolate broke': 'out_of_memory',
  'an isolate does not end': 'stuck',
};

/** `why` as its process told it; the outcome by which a run had just ended so that the host might have to follow, if any. */
export type HostEnd = {
  readonly why: string;
  readonly wasReady: boolean;
  readonly lastWords?: LastWords | undefined;
  readonly doubt?: Outcome | undefined;
};

/** The word for a host's end. */
export const deathOf = ({ why, wasReady, lastWords, doubt }: HostEnd): HostDeath => {
  const word = WORDS[why as DeathText];
  if (word !== undefined) return word;
  if (!wasReady) return 'at_birth';
  return (lastWords && SAID[lastWords]) ?? (doubt && UNSTOPPED[doubt]) ?? 'crashed';
};
