/**
 * Node's TLS, for who speaks it: to load takes 10 ms of processor time and some megabytes, as the authorities that Node trusts
 * are read at once.
 */
export const nodeTls = (): typeof import('node:tls') => process.getBuiltinModule('node:tls');
