import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@userferry/process';
import { believedAddresses, publicAddresses, type SourceAnswer } from './believed-addresses.ts';
import type { EgressSource } from './egress-sources.ts';

export type EgressWatchOptions = {
  /** What the operators say our addresses are: believed without being asked for. */
  readonly configured: readonly string[];
  readonly sources: readonly EgressSource[];
  /** How many sources have to agree. */
  readonly quorum: number;
  /** Between two rounds. */
  readonly lookMs: number;
  readonly log: Logger;
};

export type EgressWatch = Disposable & {
  /** The addresses that our connections come from, as far as is known; sorted. */
  readonly addresses: () => readonly string[];
  /** Called with each change. */
  readonly onChange: (listener: () => void) => void;
};

const ANSWER_MS_MAX = 5_000;

/** Finds out, round by round, where this process's connections come from. The first round begins at once. */
export const createEgressWatch = ({ configured, sources, quorum, lookMs, log }: EgressWatchOptions): EgressWatch => {
  const stop = new AbortController();
  const listeners: (() => void)[] = [];
  const tell = createRoundLog(log, configured);
  let believed: readonly string[] = [];

  const round = async (): Promise<void> => {
    const answers = await Promise.all(sources.map((source) => ask(source, stop.signal)));
    if (stop.signal.aborted) return;
    const before = believed;
    believed = believedAddresses(before, answers, quorum);
    tell(answers, before, believed);
    if (before.join() !== believed.join()) for (const listener of listeners) listener();
  };
  const rounds = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await round();
      await sleep(lookMs, undefined, { signal: stop.signal, ref: false });
    }
  };
  if (sources.length > 0)
    rounds().catch((err: unknown) => {
      if (!stop.signal.aborted) log.error({ err }, 'the outbound address is not looked for any more');
    });
  return {
    addresses: () => [...new Set([...configured, ...believed])].sort(),
    onChange: (listener) => listeners.push(listener),
    [Symbol.dispose]: () => stop.abort(),
  };
};

const ask = async ({ name, ask }: EgressSource, stop: AbortSignal): Promise<SourceAnswer> => {
  const silent = { source: name, addresses: undefined };
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const gaveUp = new Promise<SourceAnswer>((resolve) =>
    signal.addEventListener('abort', () => resolve(silent), { once: true }),
  );
  const told = ask(signal).then(
    (addresses) => ({ source: name, addresses }),
    () => silent,
  );
  return Promise.race([told, gaveUp]);
};

/** Says what changed, and what is wrong with the sources, once for as long as it stays so. */
const createRoundLog = (log: Logger, configured: readonly string[]) => {
  let lastTrouble = '';
  return (answers: readonly SourceAnswer[], before: readonly string[], now: readonly string[]): void => {
    if (before.join() !== now.join()) {
      log.info({ addresses: now, before }, 'the outbound addresses changed');
      const unexpected = configured.length > 0 ? now.filter((address) => !configured.includes(address)) : [];
      if (unexpected.length > 0)
        log.error({ addresses: unexpected }, 'connections come from an address that USERFERRY_EGRESS_ADDRESSES lacks');
    }
    const trouble = answers.filter((answer) => isTrouble(answer, now));
    const told = trouble.map(({ source }) => source).join();
    if (told !== lastTrouble && trouble.length > 0)
      log.warn(
        { believed: now, sources: trouble.map(inWords) },
        'sources of the outbound address are silent or disagree',
      );
    lastTrouble = told;
  };
};

/** Silent, of no use, or of another opinion. */
const isTrouble = ({ addresses = [] }: SourceAnswer, believed: readonly string[]): boolean => {
  const told = publicAddresses(addresses);
  return told.length === 0 || told.some(({ text }) => !believed.includes(text));
};

const LOGGED_CHARACTERS_MAX = 64;

const inWords = ({ source, addresses }: SourceAnswer): string => {
  const said = addresses?.slice(0, 4).map((address) => JSON.stringify(address.slice(0, LOGGED_CHARACTERS_MAX)));
  return `${source}: ${said?.join(' ') ?? 'silent'}`;
};
