export { createSandbox } from './host/supervisor/create-sandbox.ts';
export type { HostDeath } from './host/supervisor/hosts/host-death.ts';
export { defaultStateFolder } from './host/supervisor/runtime/private-folder.ts';
export type { SandboxLog } from './host/supervisor/sandbox-log.ts';
export { hostsBytesMaxDefault, type SandboxOptions, type SandboxTuning } from './host/supervisor/sandbox-options.ts';
export {
  type LevelName,
  reaches,
  SANDBOX_LEVELS,
  SANDBOX_WALLS,
  type WallName,
} from './host/supervisor/walls/require-level.ts';
export type {
  EgressRule,
  OfferedModule,
  RunRequest,
  Sandbox,
  SandboxLevel,
  ScriptCheck,
  ScriptProblem,
} from './sandbox.ts';
export type { SandboxStats, SandboxWatch } from './sandbox-watch.ts';
