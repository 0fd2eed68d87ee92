/** How a tenant's source is compiled: the same text for a run in the guest and for the host's look for syntax errors. */

/** The name under which the source appears in stack traces. */
export const SCRIPT_NAME = 'script.js';
/** Stands before the source on its first line: lines are the tenant's own, columns of that line are shifted. */
const PREFIX = '(function (require, module, exports) {';

/** An expression whose value is a function of `require`, `module` and `exports` that returns the declared function. */
export const wrapScript = (source: string, functionName: string): string =>
  `${PREFIX}${source}\n;return typeof ${functionName} === 'function' ? ${functionName} : undefined;\n})\n//# sourceURL=${SCRIPT_NAME}`;

/** A place in the wrapped text as the tenant counts, from 1. */
export function placeInScript(line: number, column: number): { readonly line: number; readonly column?: number } {
  const own = column - (line === 1 ? PREFIX.length : 0);
  return own > 0 ? { line, column: own } : { line };
}

/** Names that a function may have; anything else is no script's function. */
export const isFunctionName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** What a script is told whose function is missing. */
export const missingFunctionMessage = (name: string): string =>
  `The script defines no function "${name}": declare "async function ${name}(...) { ... }" at top level, or assign it to module.exports or exports.${name}`;
