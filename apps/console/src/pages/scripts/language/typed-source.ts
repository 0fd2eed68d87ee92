import type { ScriptAction } from '@userferry/script-contract';
import type { Script } from './script.ts';

/** A script with its function's type written before it, and where the two texts lie against each other. */
export type TypedSource = {
  readonly text: string;
  readonly toTyped: (position: number) => number;
  readonly toSource: (position: number) => number;
};

const typeName = (action: ScriptAction): string => `${action.charAt(0).toUpperCase()}${action.slice(1)}`;

/** The function is declared at top level, or assigned to `module.exports` or `exports.ACTION`. */
const placeOf = (source: string, action: ScriptAction): number => {
  const declared = new RegExp(`^(?:async\\s+)?function\\s+${action}\\b`, 'm').exec(source);
  const assigned = new RegExp(`^(?:module\\.exports(?:\\.${action})?|exports\\.${action})\\s*=`, 'm').exec(source);
  return (declared ?? assigned)?.index ?? -1;
};

/**
 * Tells TypeScript what the arguments are and what is to be returned, without a line of the script moving. A script in
 * TypeScript says so itself.
 */
export const typedSource = ({ source, language, action }: Script): TypedSource => {
  const at = language === 'typescript' ? -1 : placeOf(source, action);
  if (at < 0) return { text: source, toTyped: (position) => position, toSource: (position) => position };
  const comment = `/** @type {${typeName(action)}} */ `;
  return {
    text: `${source.slice(0, at)}${comment}${source.slice(at)}`,
    toTyped: (position) => (position < at ? position : position + comment.length),
    toSource: (position) => (position <= at ? position : Math.max(position - comment.length, at)),
  };
};
