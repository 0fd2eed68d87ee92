/**
 * Has `__keep`, which is the base's, get every collection, regular expression and constant of bytes that a bundle makes: those
 * that are made while modules are evaluated lie in their variables for all runs. See `guest/integrity/kept-values.ts`.
 */
import type { AnyNode, Expression, NewExpression, SpreadElement, Super } from 'acorn';
import { around, type Cut } from './cuts.ts';

/** By the names that esbuild gives, which may end in a number. */
const KINDS = /^(?:Map|Set|WeakMap|WeakSet|RegExp)\d*$/;
const ARRAYS = /^\w+Array\d*$/;
const MAKERS = /^(?:RegExp\d*|(?:Buffer\d*|Uint8Array)\.(?:from|concat))$/;

/** A name, or the last two of several: `Buffer.from` of `buffer_1.Buffer.from`. */
function nameOf(node: Expression | Super): string {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return '';
  const { object, property } = node;
  const holder = object.type === 'MemberExpression' ? object.property : object;
  return holder.type === 'Identifier' ? `${holder.name}.${property.name}` : '';
}

/** What is made of a size alone may be anything: a store of random bytes, say, which must not be put back. */
const isKeptObject = ({ callee, arguments: [first] }: NewExpression): boolean =>
  KINDS.test(nameOf(callee)) || (ARRAYS.test(nameOf(callee)) && first?.type === 'ArrayExpression');

function isKept(node: AnyNode): boolean {
  if (node.type === 'Literal') return node.regex !== undefined && node.regex !== null;
  if (node.type === 'NewExpression') return isKeptObject(node);
  return node.type === 'CallExpression' && MAKERS.test(nameOf(node.callee));
}

const isText = (node: Expression | SpreadElement | null): boolean =>
  node?.type === 'Literal' && typeof node.value === 'string';

/** Lists of texts, in the base: such as ours are constants all; what a package does with its own is not known. */
export const keptLists = (node: AnyNode): readonly Cut[] =>
  node.type === 'ArrayExpression' && node.elements.length > 0 && node.elements.every(isText)
    ? around(node, ' __keep(', ')')
    : [];

/** A regular expression may follow a word without a space. */
export const keptValues = (node: AnyNode): readonly Cut[] =>
  isKept(node) ? around(node, node.type === 'Literal' ? ' __keep(' : '__keep(', ')') : [];
