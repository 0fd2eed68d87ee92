/**
 * Whether the service was started by something that must not outlive it, or that it must not outlive: it then stops
 * when its standard input ends, which happens however its parent dies.
 */
export const stopsWithStdin = (): boolean => process.env.USERFERRY_STOP_WITH_STDIN === '1';
