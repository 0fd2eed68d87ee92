import { reaches, SANDBOX_LEVELS, type SandboxLevel } from '@userferry/sandbox';

/**
 * What stands around scripts, as names of the health service: `sandbox-level/NAME` for every level, SERVING up to the one
 * that was reached, and `sandbox-wall/NAME` for every wall.
 */
export const sandboxFacts = (level: SandboxLevel): Readonly<Record<string, boolean>> => ({
  ...Object.fromEntries(SANDBOX_LEVELS.map((name) => [`sandbox-level/${name}`, reaches(level, name)])),
  ...Object.fromEntries(level.walls.map((wall) => [`sandbox-wall/${wall}`, true])),
  ...Object.fromEntries(level.missing.map((wall) => [`sandbox-wall/${wall}`, false])),
});
