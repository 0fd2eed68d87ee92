type LogCall = (facts: Record<string, unknown>, message: string) => void;

/** Where the supervisor tells of its own affairs; facts never hold anything of a script or its connection. */
export type SandboxLog = { readonly [level in 'debug' | 'info' | 'warn' | 'error']: LogCall };

export const silentLog: SandboxLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
