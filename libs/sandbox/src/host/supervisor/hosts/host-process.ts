import { type HostFrame, hostFrameSchema, type LastWords, type SupervisorFrame } from '../../../bridge/frames.ts';
import { type HostChannel, startHostChannel } from '../channel/host-channel.ts';
import { processChain } from '../memory/process-tree.ts';
import type { HostListener, SpawnedHost } from '../spawner/spawner.ts';
import { DEATHS, type DeathText } from './host-death.ts';

/** What a host says that is for others than its own process here. */
export type RequestFrame = Exclude<HostFrame, { kind: 'ready' | 'ending' }>;

/** The child process of an isolate host: frames in and out, nothing known of what they are about. */
export type HostProcess = {
  /** Resolves when it takes runs; rejects with what it last said when it died before that. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone, with why. */
  readonly exited: Promise<string>;
  readonly alive: boolean;
  /** Pid of the host itself, behind its walls; known once it is ready. */
  readonly pid: number | undefined;
  readonly channel: HostChannel;
  /** What it said that it ends itself for. */
  readonly lastWords: LastWords | undefined;
  send(frame: SupervisorFrame): void;
  /** SIGKILL; `why` is what `exited` will tell. */
  kill(why: DeathText): void;
};

export type HostProcessDeps = {
  spawn(listener: HostListener): SpawnedHost;
  onFrame(frame: RequestFrame): void;
  /** It said what it may not say, and is being killed. */
  onViolation(rule: string): void;
};

const STDERR_CHARS_MAX = 2000;

/**
 * `reason` is how the first of its chain of walls ended: unshare(1) ends with code 1 where what it started was killed by
 * SIGKILL, so that the reason alone does not tell.
 */
const unexpected = (reason: string, lastWords = ''): string =>
  `the isolate host ended unexpectedly (${[reason, lastWords].filter(Boolean).join(': ')})`;

export const startHostProcess = ({ spawn, onFrame, onViolation }: HostProcessDeps): HostProcess => {
  const birth = Promise.withResolvers<void>();
  const death = Promise.withResolvers<string>();
  const state = {
    alive: true,
    ready: false,
    why: '' as DeathText | '',
    lastWords: undefined as LastWords | undefined,
    stderr: '',
    pid: undefined as number | undefined,
  };
  birth.promise.catch(() => {});

  const kill = (why: DeathText): void => {
    state.alive = false;
    state.why ||= why;
    channel.kill();
  };
  const violation = (rule: string): void => {
    onViolation(rule);
    kill(DEATHS.brokeTheRules);
  };
  /** It has ended, or is as good as: what ends it has its news from another process, and that may take a while. */
  const closed = (): void => {
    state.alive = false;
    channel.kill();
  };
  const exited = (reason: string): void => {
    state.alive = false;
    birth.reject(new Error([reason, state.stderr.trim()].filter(Boolean).join(': ')));
    death.resolve(state.why || unexpected(reason, state.lastWords));
  };
  const becomeReady = (): void => {
    state.ready = true;
    state.pid = channel.pid === undefined ? undefined : processChain(channel.pid).at(-1);
    birth.resolve();
  };
  const receive = (raw: unknown): void => {
    const frame = hostFrameSchema.safeParse(raw);
    if (!state.alive) return;
    if (!frame.success) violation('frame that does not fit its schema');
    else if (frame.data.kind === 'ready') becomeReady();
    else if (frame.data.kind === 'ending') state.lastWords = frame.data.why;
    else onFrame(frame.data);
  };
  const channel = startHostChannel(spawn, {
    frame: receive,
    violation,
    closed,
    stderr(text) {
      // Kept only until it is ready: what it says later may be a tenant's.
      if (!state.ready) state.stderr = (state.stderr + text).slice(0, STDERR_CHARS_MAX);
    },
    exited,
  });
  return {
    ready: birth.promise,
    exited: death.promise,
    get alive() {
      return state.alive;
    },
    get pid() {
      return state.pid;
    },
    channel,
    get lastWords() {
      return state.lastWords;
    },
    send: channel.send,
    kill,
  };
};
