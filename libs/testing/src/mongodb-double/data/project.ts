import type { Document } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { isTrue } from './matches.ts';
import { isNumber } from './numbers.ts';
import { setField } from './paths.ts';
import { isDocument } from './values.ts';

/** Names of fields, each with what is below it, or nothing below: the whole field. */
type Tree = Map<string, Tree>;
/** A function of a document, such as a computed field. */
export type Computed = (document: Document) => unknown;

/**
 * A projection as a function. Fields are either all kept or all left out (`_id` apart); where `compile` is given it may
 * turn any other value into a computed field. Throws the server's error for a mixture.
 */
export const compileProjection = (
  specification: Document,
  compile?: (value: unknown) => Computed,
): ((document: Document) => Document) => {
  const { _id: id, ...others } = flatten(specification);
  const plain = Object.entries(others).filter(([, value]) => isSwitch(value));
  const computed = Object.entries(others).filter(([, value]) => !isSwitch(value));
  if (computed.length > 0 && compile === undefined) throw notInDouble('expressions in a projection');
  const fields = computed.map(([name, value]) => [name, compile?.(value)] as const);
  const including = plain.length > 0 ? isTrue(plain[0]?.[1]) : computed.length > 0 || (id !== undefined && isTrue(id));
  for (const [name, value] of plain) refuseMixture(name, isTrue(value), including);
  const keepsId = id === undefined || isTrue(id);
  const tree = treeOf([...plain.map(([name]) => name), ...(keepsId === including ? ['_id'] : [])]);
  return (document) => {
    const result = including ? keep(document, tree) : leaveOut(document, tree);
    for (const [name, value] of fields) {
      const field = value?.(document);
      if (field !== undefined) setField(result, name, field);
    }
    return result;
  };
};

/** `{a: {b: 1}}` is `{'a.b': 1}`. */
const flatten = (specification: Document, prefix = ''): Document => {
  const flat: Document = {};
  for (const [name, value] of Object.entries(specification)) {
    if (isDocument(value) && !Object.keys(value)[0]?.startsWith('$')) {
      Object.assign(flat, flatten(value, `${prefix}${name}.`));
    } else setField(flat, `${prefix}${name}`, value);
  }
  return flat;
};

const isSwitch = (value: unknown): boolean => typeof value === 'boolean' || isNumber(value);

const refuseMixture = (name: string, isIncluded: boolean, including: boolean): void => {
  if (isIncluded === including) return;
  throw isIncluded
    ? failure(31253, `Cannot do inclusion on field ${name} in exclusion projection`)
    : failure(31254, `Cannot do exclusion on field ${name} in inclusion projection`);
};

const treeOf = (paths: readonly string[]): Tree => {
  const root: Tree = new Map();
  for (const path of paths) {
    let branch = root;
    for (const name of path.split('.')) {
      const next = branch.get(name) ?? new Map();
      branch.set(name, next);
      branch = next;
    }
  }
  return root;
};

const keep = (document: Document, tree: Tree): Document => {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const branch = tree.get(name);
    if (branch?.size === 0) setField(result, name, value);
    else if (branch && isDocument(value)) setField(result, name, keep(value, branch));
    else if (branch && Array.isArray(value)) setField(result, name, keepEach(value, branch));
  }
  return result;
};

const keepEach = (items: readonly unknown[], tree: Tree): unknown[] =>
  items.filter(isDocument).map((item) => keep(item, tree));

const leaveOut = (document: Document, tree: Tree): Document => {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const branch = tree.get(name);
    if (branch?.size !== 0) setField(result, name, branch ? leaveOutWithin(value, branch) : value);
  }
  return result;
};

const leaveOutWithin = (value: unknown, tree: Tree): unknown => {
  if (Array.isArray(value)) return value.map((item) => leaveOutWithin(item, tree));
  return isDocument(value) ? leaveOut(value, tree) : value;
};
