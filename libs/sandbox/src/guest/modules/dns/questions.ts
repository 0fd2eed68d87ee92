/** Questions to the supervisor's resolver, which answers under the connection's egress policy. */
import type { DnsOptions } from '../../../bridge/operations.ts';
import { request } from '../../bridge.ts';
import { core } from '../registry.ts';

type Fields = Error & { readonly code?: string; readonly errno?: unknown };

/** Node names an error after the call of c-ares, and in it what the script asked for. */
function named(error: Fields, syscall: string, hostname: string): Error {
  if (error.code === 'EGRESS_DENIED') return Object.assign(error, { syscall, hostname });
  const fields = { message: `${syscall} ${error.code} ${hostname}`, errno: error.errno, code: error.code };
  return Object.assign(error, { ...fields, syscall, hostname });
}

export type Questions = {
  ask(name: string, type: string, options: DnsOptions): Promise<unknown>;
  /** What has no answer yet fails. */
  cancel(): void;
};

const SYSCALLS: Readonly<Record<string, string>> = { reverse: 'getHostByAddr', service: 'getnameinfo' };

/** `reverse` asks for a `PTR` by the address itself. */
export function syscallOf(type: string): string {
  return SYSCALLS[type] ?? `query${type.charAt(0)}${type.slice(1).toLowerCase()}`;
}

/** The questions of one resolver. */
export function createQuestions(): Questions {
  const open = new Set<() => void>();
  return {
    ask(name, type, options) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const syscall = syscallOf(type);
      const cancel = (): void => reject(named(Object.assign(new Error(), { code: 'ECANCELLED' }), syscall, name));
      open.add(cancel);
      request((id) => ['resolve', id, type === 'reverse' ? 'PTR' : type, name, options]).then(
        resolve,
        (error: Fields) => reject(named(error, syscall, name)),
      );
      return promise.finally(() => open.delete(cancel));
    },
    cancel() {
      for (const cancel of open) cancel();
    },
  };
}

/** A host name as it is asked for: in ASCII. */
export const inAscii = (name: string): string => (/[^\0-\x7f]/.test(name) ? core.url.domainToASCII(name) : name);
