import { passwordMask, profileMask, secretMask, type TextMask } from '@userferry/masking';
import { isScriptAction, passwordsIn } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';

const argumentsOf = ({ argsJson }: RunRequest): readonly unknown[] => {
  try {
    const args: unknown = JSON.parse(argsJson);
    return Array.isArray(args) ? args : [];
  } catch {
    return [];
  }
};

/** What nobody may read in a text of a run: the connection's secrets, and the user's data where the run says so. */
export const hiddenIn = (request: RunRequest, resultJson?: string): readonly TextMask[] => {
  const { secretNames, env, argsJson, redactProfile } = request;
  const secrets = secretMask(secretNames.flatMap((name) => env[name] ?? []));
  const jsonTexts = resultJson === undefined ? [argsJson] : [argsJson, resultJson];
  return redactProfile ? [secrets, profileMask(jsonTexts)] : [secrets];
};

/** The passwords that the user typed. */
export const typedIn = (request: RunRequest): readonly TextMask[] => {
  const { functionName } = request;
  const passwords = isScriptAction(functionName) ? passwordsIn(functionName, argumentsOf(request)) : [];
  return passwords.length > 0 ? [passwordMask(passwords)] : [];
};
