import type { Duplex } from 'node:stream';
import type { SupervisorFrame } from '../../../bridge/frames.ts';
import type { HostNews } from '../spawner/messages.ts';
import type { OpenOrder } from '../spawner/process/open-socket.ts';
import type { HostListener, SpawnedHost } from '../spawner/spawner.ts';
import { createFramePipe, type FramePipe, type FramePipeListener } from './frame-pipe.ts';

/**
 * The supervisor's end of one isolate host: reads what it writes. In the supervisor's own thread: a frame that crosses
 * another thread costs a login more than reading it does, and such a thread costs more than the start of the process. So
 * nothing here trusts a byte, waits for the host, or goes on for long.
 */
export type HostChannel = {
  send(frame: SupervisorFrame): void;
  /** Has a connection opened and handed over as the answer to the question `id`. */
  open(order: OpenOrder & { readonly id: number }): void;
  kill(): void;
  /** The process that was started, while it lives: the first of the chain of walls. */
  readonly pid: number | undefined;
};

/**
 * After `violation` (it said what it may not say) and `closed` (it speaks no more) nothing is heard of the host but its
 * `exited`, once, which is for the listener to bring about.
 */
export type HostChannelListener = FramePipeListener & {
  /** What it says on its standard error, of which no more than a few kilobytes are heard. */
  stderr(text: string): void;
  /** Once, when it has ended or could not be started, behind all that it said. */
  exited(reason: string): void;
};

/** An end is another process's news, and may overtake what the host said last. Whoever still holds its pipe says no more. */
const LAST_WORDS_MS = 1_000;

export const startHostChannel = (
  spawn: (listener: HostListener) => SpawnedHost,
  listener: HostChannelListener,
): HostChannel => {
  const state: { dead: boolean; pid?: number | undefined; frames?: FramePipe; pipe?: Duplex } = { dead: false };
  const silence = Promise.withResolvers<void>();
  const stop = (tell: () => void): void => {
    if (state.dead) return;
    state.dead = true;
    state.frames?.stop();
    silence.resolve();
    tell();
  };
  const violation = (rule: string): void => stop(() => listener.violation(rule));
  const send = (frame: SupervisorFrame): void => state.frames?.send(frame);
  const started = (pid: number, pipe: Duplex): void => {
    Object.assign(state, { pid, pipe });
    state.frames = createFramePipe(pipe, { ...listener, violation, closed: () => stop(listener.closed) });
  };
  const exited = async (reason: string): Promise<void> => {
    state.pid = undefined;
    if (state.pipe === undefined) silence.resolve();
    const late = setTimeout(silence.resolve, LAST_WORDS_MS);
    await silence.promise;
    clearTimeout(late);
    state.dead = true;
    state.pipe?.destroy();
    listener.exited(reason);
  };
  const host = spawn((news: HostNews, pipe) => {
    if (news.kind === 'started' && pipe !== undefined) started(news.pid, pipe);
    else if (news.kind === 'stderr') listener.stderr(news.text);
    else if (news.kind === 'opened') state.frames?.handed(news.id);
    else if (news.kind === 'not_opened') send({ kind: 'connect_failed', id: news.id, error: news.error });
    else if (news.kind === 'violation') violation(news.rule);
    else if (news.kind === 'exited') void exited(news.reason);
  });
  return {
    send,
    open({ id, ...order }) {
      if (!state.dead) host.open(id, order);
    },
    kill: host.kill,
    get pid() {
      return state.pid;
    },
  };
};
