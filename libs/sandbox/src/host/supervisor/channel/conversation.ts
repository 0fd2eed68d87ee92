import type { SupervisorFrame } from '../../../bridge/frames.ts';

/** Whose turn it is: what a host may say follows from what it was told. */
export type Conversation = {
  /** Notes what goes to the host. */
  sent(frame: SupervisorFrame): void;
  /** Notes that the connection asked for by `id` was handed over. */
  handed(id: number): void;
  /** The rule that a frame of the host breaks, or `undefined`. */
  broken(frame: unknown): string | undefined;
};

/** Past these a host is not a busy script's but a hostile one: the guest's own quotas are far lower. */
const CONVERSATION_LIMITS = { outstanding: 256, questionsPerRun: 20_000 } as const;

/** Runs that are over and may still ask, since what they have left open closes after them. */
const ENDED_RUNS_MAX = 256;

type Loose = { readonly kind?: unknown; readonly id?: unknown; readonly runId?: unknown };

export const createConversation = (): Conversation => {
  const saidOnce = new Set<unknown>();
  const running = new Set<unknown>();
  const questions = new Map<unknown, number>();
  const ended: unknown[] = [];
  const outstanding = new Set<unknown>();
  const checks = new Set<unknown>();

  const question = ({ id, runId }: Loose): string | undefined => {
    const asked = questions.get(runId);
    if (asked === undefined) return 'question of an unknown run';
    if (outstanding.has(id)) return 'question id used twice';
    if (outstanding.size >= CONVERSATION_LIMITS.outstanding) return 'too many open questions';
    if (asked >= CONVERSATION_LIMITS.questionsPerRun) return 'too many questions in one run';
    questions.set(runId, asked + 1);
    outstanding.add(id);
    return undefined;
  };
  const once = ({ kind }: Loose): string | undefined => {
    if (saidOnce.has(kind)) return `${kind} said twice`;
    saidOnce.add(kind);
    return undefined;
  };
  const result = ({ runId }: Loose): string | undefined => {
    if (!running.delete(runId)) return 'result of a run that is not running';
    if (ended.push(runId) > ENDED_RUNS_MAX) questions.delete(ended.shift());
    return undefined;
  };
  const turn = (frame: Loose): string | undefined => {
    switch (frame.kind) {
      case 'ready':
      case 'ending':
        return once(frame);
      case 'connect':
      case 'resolve':
        return question(frame);
      case 'result':
        return result(frame);
      case 'checked':
        return checks.delete(frame.id) ? undefined : 'answer to a check that was not asked';
      default:
        return 'unknown kind of frame';
    }
  };
  return {
    sent(frame) {
      if (frame.kind === 'run') {
        running.add(frame.runId);
        questions.set(frame.runId, 0);
      } else if (frame.kind === 'check') checks.add(frame.id);
      else if (frame.kind !== 'cancel') outstanding.delete(frame.id);
    },
    handed: (id) => void outstanding.delete(id),
    broken(frame) {
      if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return 'frame is no object';
      return turn(frame);
    },
  };
};
