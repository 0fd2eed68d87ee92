import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@userferry/process';
import type { TableState } from '../table/table-state.ts';

export type WebhookOptions = {
  readonly url: string;
  /** Signs each delivery. */
  readonly secret: string;
  readonly log: Logger;
  /** The list that whoever listens knows already. */
  readonly told: readonly string[];
  /** Given each list that the listener took with a 2xx, so that it is known after a restart. The next delivery waits for it. */
  readonly onTaken?: (ips: readonly string[]) => Promise<void>;
  /** Waits between attempts double from the first to the last of these. */
  readonly retryMs?: { readonly min: number; readonly max: number };
  readonly attemptsMax?: number;
};

export type Webhook = Disposable & {
  /** Never waits: delivery goes on behind. */
  readonly tell: (state: TableState) => void;
};

const ATTEMPT_MS_MAX = 10_000;

/**
 * Posts each change of the list, the whole list with it. There is never more than one delivery under way; what changes
 * meanwhile becomes one further delivery, so that nothing piles up behind a listener that is down. After the last
 * attempt it gives up until the next change, which then tells what was missed too.
 */
export const createWebhook = ({ url, secret, log, ...options }: WebhookOptions): Webhook => {
  const { retryMs = { min: 1_000, max: 300_000 }, attemptsMax = 12, onTaken } = options;
  const stop = new AbortController();
  let told = [...options.told];
  let latest: TableState | undefined;
  let running = false;

  /** Until the listener knows the latest list, or has refused it too often. */
  const deliver = async (): Promise<void> => {
    for (let attempt = 1; latest !== undefined; attempt += 1) {
      const { body, ips } = bodyOf(latest, told);
      if (ips.join() === told.join()) return;
      const problem = await post(url, secret, body, stop.signal);
      if (stop.signal.aborted) return;
      if (problem === undefined) {
        told = ips;
        await onTaken?.(ips);
        attempt = 0;
        continue;
      }
      log.warn({ attempt, problem }, 'the webhook did not take the change');
      if (attempt >= attemptsMax)
        return log.error({ attempts: attempt }, 'the webhook is given up until the next change');
      await sleep(Math.min(retryMs.max, retryMs.min * 2 ** (attempt - 1)), undefined, { signal: stop.signal });
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    try {
      await deliver();
    } catch (err) {
      if (!stop.signal.aborted) log.error({ err }, 'the webhook failed');
    } finally {
      // In the same turn as the last look at what there is to tell: nothing can come between.
      running = false;
    }
  };
  return {
    tell: (state) => {
      latest = state;
      if (!running) void run();
    },
    [Symbol.dispose]: () => stop.abort(),
  };
};

/**
 * `id` is the same whenever this list of this moment is posted, after a restart too. A list that comes back later has another,
 * or whoever drops repeats would stay with the list between. Replicas see a change each at its own moment.
 */
const bodyOf = ({ entries, updatedAtMs }: TableState, told: readonly string[]) => {
  const ips = [...entries.keys()];
  const message = {
    event: 'public_ips.changed',
    id: createHash('sha256')
      .update([updatedAtMs, ...ips].join('\n'))
      .digest('hex')
      .slice(0, 32),
    ips,
    added: ips.filter((ip) => !told.includes(ip)),
    removed: told.filter((ip) => !entries.has(ip)),
    unpinned: [...entries.values()].filter(({ unpinned }) => unpinned).map(({ address }) => address),
    updatedAt: new Date(updatedAtMs).toISOString(),
  };
  return { ips, body: JSON.stringify(message) };
};

/** What went wrong, in words that hold nothing of the address or the answer; nothing when it was taken. */
const post = async (url: string, secret: string, body: string, stop: AbortSignal): Promise<string | undefined> => {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'userferry-webhook-signature': `t=${time},v1=${signature}` };
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ATTEMPT_MS_MAX)]);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
    await response.body?.cancel();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause?.code;
    return typeof cause === 'string' ? cause : (error as Error).name;
  }
};
