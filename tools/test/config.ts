/** The environment of every program that the tests run: nx without cache, daemon and colours. */
export function runnerEnvironment(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, ...environment } = process.env; // Node warns when both are set
  return {
    ...environment,
    NX_SKIP_NX_CACHE: 'true',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
    CI: 'true',
  };
}
