export {
  ACTIONS,
  type ConnectionMode,
  defaultErrorMessage,
  isScriptAction,
  requiredActions,
  SCRIPT_ACTIONS,
  type ScriptAction,
} from './actions.ts';
export { checkResult } from './check-result.ts';
export {
  ADDRESS_VARIABLES,
  type ConnectionEnv,
  completeEnv,
  connectionEnv,
  type StoreAddress,
  withSavedPassword,
} from './connection-env.ts';
export { egressHostProblem, plainHost } from './egress-host.ts';
export type { Isolation } from './isolation.ts';
export { judgeThrow, type ThrowVerdict } from './judge-throw.ts';
export { SCRIPT_LANGUAGES, type ScriptLanguage } from './languages.ts';
export { LIMITS } from './limits.ts';
export { maskRun } from './mask-run.ts';
export {
  LOG_LEVELS,
  type LogLevel,
  type LogLine,
  OUTCOMES,
  type Outcome,
  type RunResult,
  type RunUsage,
  type ScriptError,
} from './outcomes.ts';
export { passwordsIn } from './passwords-in.ts';
export { moduleOf } from './required-module.ts';
export {
  actionNumber,
  actionOfNumber,
  languageNumber,
  languageOfNumber,
  outcomeNumber,
  outcomeOfNumber,
} from './wire-numbers.ts';
