/** Evaluates a script's source, anew for every run, and finds the function to call in it. */
import { isFunctionName, wrapScript } from '../../bridge/script-source.ts';
import { createRequire } from '../packages/registry.ts';
import { indirectEval } from '../primordials.ts';

export type ScriptFunction = (...args: unknown[]) => unknown;
type ScriptModule = { exports: unknown };
type Evaluate = (require: unknown, module: ScriptModule, exports: unknown) => unknown;

function exportedFunction(exported: unknown, name: string): unknown {
  if (typeof exported === 'function') return exported;
  return typeof exported === 'object' && exported !== null ? (exported as Record<string, unknown>)[name] : undefined;
}

/** Thrown when the source does not parse; the host finds the place. */
export class ScriptSyntaxError extends Error {}

/**
 * Compiles and evaluates the source. Returns the function, or `undefined` when there is none of that name. Throws
 * `ScriptSyntaxError` when it does not parse, and whatever its top level throws.
 */
export function loadScript(source: string, name: string): ScriptFunction | undefined {
  if (!isFunctionName(name)) return undefined;
  let evaluate: Evaluate;
  try {
    evaluate = indirectEval(wrapScript(source, name)) as Evaluate;
  } catch (error) {
    throw new ScriptSyntaxError(error instanceof Error ? error.message : 'The source does not parse');
  }
  const module: ScriptModule = { exports: {} };
  const declared = evaluate.call(module.exports, createRequire(), module, module.exports);
  const found = typeof declared === 'function' ? declared : exportedFunction(module.exports, name);
  return typeof found === 'function' ? (found as ScriptFunction) : undefined;
}
