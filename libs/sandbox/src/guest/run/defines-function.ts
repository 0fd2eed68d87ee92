/** Looks whether a source defines its function, without the variables of any connection. */
import { loadScript, ScriptSyntaxError } from './load-script.ts';

/**
 * Whether evaluating the source defines the function; throws what its top level throws. Variables are not at hand while a
 * source is looked at: each reads as empty text. What the top level throws after it has read one says nothing then, and only
 * a run can tell.
 */
export function definesFunction(source: string, name: string): boolean {
  let read = false;
  const get = (_target: object, key: string | symbol): string | undefined => {
    read = true;
    return typeof key === 'string' ? '' : undefined;
  };
  const value = new Proxy(Object.freeze({}), { get });
  Object.defineProperty(globalThis, 'env', { value, enumerable: true, configurable: true });
  try {
    return loadScript(source, name) !== undefined;
  } catch (error) {
    if (read && !(error instanceof ScriptSyntaxError)) return true;
    throw error;
  }
}
