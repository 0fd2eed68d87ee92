import { LIMITS, type ScriptLanguage } from '@userferry/script-contract';
import type { ScriptCheck } from '../../../sandbox.ts';
import type { HostMemory } from '../memory/host-memory.ts';
import type { HostProcess } from './host-process.ts';

/** Checks that are not answered yet, by their number. */
export type Checks = Map<number, (found: ScriptCheck) => void>;

type CheckerDeps = { readonly memory: HostMemory; readonly overheadBytes: number; readonly checks: Checks };
export type Check = (source: string, functionName: string, language: ScriptLanguage) => Promise<ScriptCheck>;

/** Sends sources to a host to be looked at. */
export const createChecker = (host: HostProcess, { memory, overheadBytes, checks }: CheckerDeps): Check => {
  let lastId = 0;
  return (source, functionName, language) => {
    lastId += 1;
    const { promise, resolve } = Promise.withResolvers<ScriptCheck>();
    checks.set(lastId, resolve);
    memory.hold(overheadBytes + LIMITS.memoryLimitBytesDefault);
    host.send({ kind: 'check', id: lastId, source, functionName, language });
    return promise;
  };
};
