/** The environment of every program that the tests run: nx without cache, daemon and colours. */
export function runnerEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...environment } = process.env;
  return { ...environment, NX_SKIP_NX_CACHE: 'true', NX_DAEMON: 'false', NX_TUI: 'false', NO_COLOR: '1', CI: 'true' };
}
