import { passwordMask, profileMask, secretMask, type TextMask } from '@userferry/masking';
import { isScriptAction, passwordsIn } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import type { Denied } from '../egress/egress-error.ts';
import type { SandboxLog } from '../sandbox-log.ts';

/** What a run was refused by the egress policy: each thing once, and not without end. */
export type DenialLog = {
  /** Answers whether it was new. */
  note(denied: Denied, log: SandboxLog): boolean;
};

const NOTED_MAX = 16;
const HOST_LENGTH_MAX = 253;

const argumentsOf = ({ argsJson }: RunRequest): readonly unknown[] => {
  try {
    const args: unknown = JSON.parse(argsJson);
    return Array.isArray(args) ? args : [];
  } catch {
    return [];
  }
};

/** A script may ask for any name, one made of a password too, and a badly written address leaves a part of it in the host. */
const hostMask = (request: RunRequest): TextMask => {
  const { functionName, secretNames, env, argsJson, redactProfile } = request;
  const passwords = isScriptAction(functionName) ? passwordsIn(functionName, argumentsOf(request)) : [];
  const masks = [
    secretMask(secretNames.flatMap((name) => env[name] ?? [])),
    passwordMask(passwords),
    ...(redactProfile ? [profileMask([argsJson])] : []),
  ];
  return (text) => masks.reduce((masked, mask) => mask(masked), text);
};

/** The memory of one run. */
export const createDenialLog = (request: RunRequest): DenialLog => {
  const noted = new Set<string>();
  let mask: TextMask | undefined;
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
