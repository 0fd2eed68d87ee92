import { masksTogether } from '@userferry/masking';
import type { RunRequest } from '../../../sandbox.ts';
import type { Denied } from '../egress/egress-error.ts';
import { hiddenIn, typedIn } from '../results/run-masks.ts';
import type { SandboxLog } from '../sandbox-log.ts';

/** What a run was refused by the egress policy: each thing once, and not without end. */
export type DenialLog = {
  /** Answers whether it was new. */
  note(denied: Denied, log: SandboxLog): boolean;
};

const NOTED_MAX = 16;
const HOST_LENGTH_MAX = 253;

/** A script may ask for any name, one made of a password too, and a badly written address leaves a part of it in the host. */
const hostMask = (request: RunRequest): ((host: string) => string) =>
  masksTogether([...hiddenIn(request), ...typedIn(request)]);

/** The memory of one run. */
export const createDenialLog = (request: RunRequest): DenialLog => {
  const noted = new Set<string>();
  let mask: ReturnType<typeof hostMask> | undefined;
  return {
    note(denied, log) {
      const { host, address, port, rule } = denied;
      const key = JSON.stringify([host, port, rule]);
      if (noted.has(key) || noted.size >= NOTED_MAX) return false;
      noted.add(key);
      mask ??= hostMask(request);
      const facts = { connection: request.connectionKey, host: mask(host).slice(0, HOST_LENGTH_MAX) };
      log.warn({ ...facts, ...(address && { address }), ...(port && { port }), rule }, 'egress denied');
      return true;
    },
  };
};
