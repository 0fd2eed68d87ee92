type LogCall = (facts: Record<string, unknown>, message: string) => void;

/** Where the supervisor tells of its own affairs; of a script facts hold nothing but the host that it was denied, masked. */
export type SandboxLog = { readonly [level in 'debug' | 'info' | 'warn' | 'error']: LogCall };
