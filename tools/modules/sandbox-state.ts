import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createSandbox, defaultStateFolder, type OfferedModule } from '@userferry/sandbox';
import { cacheHome } from '../userferry/config.ts';
import type { Documented } from './documented.ts';

const RUNTIME_FOLDER = join(import.meta.dirname, '../../libs/sandbox/dist/runtime');

/** `there`, `unavailable` (throws by name when it is called) or `absent`. */
export type State = 'there' | 'unavailable' | 'absent';
export type ModuleState = { readonly module: string; readonly states: Readonly<Record<string, State>> };

/** Runs inside the sandbox: looks at every name where a script finds it. */
const WALK = `
const MARK = Symbol.for('userferry.notAvailable');
function stateOf(module, name) {
  const [, first, kind, second] = /^([^.#]+)(?:([.#])(.+))?$/.exec(name);
  let value = module[first];
  if (kind !== undefined && value && !value[MARK]) value = kind === '#' ? value.prototype && value.prototype[second] : value[second];
  if (value === undefined || value === null) return 'absent';
  return value[MARK] ? 'unavailable' : 'there';
}
async function walk(documented) {
  return documented.map(({ module, functions }) => {
    const found = require(module);
    return { module, states: Object.fromEntries(functions.map((name) => [name, stateOf(found, name)])) };
  });
}`;

const silent = (): void => {};

type Work = {
  readonly source: string;
  readonly functionName: string;
  readonly argsOf: (modules: readonly OfferedModule[]) => readonly unknown[];
};

/** Runs a function of ours in the built sandbox, as a script. Throws when it does not complete. */
export async function runInSandbox({ source, functionName, argsOf }: Work): Promise<{
  readonly modules: readonly OfferedModule[];
  readonly result: unknown;
}> {
  const sandbox = await createSandbox({
    runtimeFolder: RUNTIME_FOLDER,
    stateFolder: defaultStateFolder(cacheHome()),
    egress: { allow: [] },
    maxHosts: 1,
    blankHosts: 0,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  try {
    const { modules } = sandbox;
    const { outcome, resultJson, error } = await sandbox.run({
      runId: randomUUID(),
      connectionKey: 'modules',
      ...{ source, functionName, argsJson: JSON.stringify(argsOf(modules)) },
      env: {},
      secretNames: [],
      redactProfile: false,
      timeoutMs: 20_000,
      memoryLimitBytes: 256 * 1024 * 1024,
    });
    if (outcome !== 'completed') throw new Error(`The walk through the modules ended as ${outcome}: ${error?.message}`);
    return { modules, result: JSON.parse(resultJson as string) };
  } finally {
    await sandbox.close();
  }
}

/** What a script meets in the built sandbox: the modules on offer, and the state of every documented function. */
export async function sandboxState(
  documentedOf: (modules: readonly OfferedModule[]) => readonly Documented[],
): Promise<{ readonly modules: readonly OfferedModule[]; readonly states: readonly ModuleState[] }> {
  const work = {
    source: WALK,
    functionName: 'walk',
    argsOf: (modules: readonly OfferedModule[]) => [documentedOf(modules)],
  };
  const { modules, result } = await runInSandbox(work);
  return { modules, states: result as ModuleState[] };
}
