/** The host's side of the bridge while a package is evaluated before any run: it answers what every process could. */
import { getHashes } from 'node:crypto';
import type { BridgeHandler } from './guest-references.ts';
import { QUESTIONS } from './work.ts';

export type QuietHandler = BridgeHandler & {
  /** Whether nothing was asked but what is the same for every run, or random, and nothing was posted. */
  wasQuiet(): boolean;
};

export function createQuietHandler(): QuietHandler {
  let wasQuiet = true;
  const refuse = (): { readonly error: object } => {
    wasQuiet = false;
    return { error: { message: 'There is no run yet' } };
  };
  return {
    wasQuiet: () => wasQuiet,
    onOperations: () => void refuse(),
    onQuestion(question, args) {
      if (question === 'random') return { value: QUESTIONS.get('random')?.(args) };
      if (question === 'crypto' && args[0] === 'getHashes') return { value: getHashes() };
      return refuse();
    },
  };
}
