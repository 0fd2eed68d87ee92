import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { placeText } from '../code-frame.ts';
import { readText } from '../read-text.ts';
import { UsageError } from '../usage-error.ts';

/** A file as YAML (JSON is one) reads it. */
export type YamlFile = {
  readonly value: unknown;
  /** Where a field's value is, or where it is missing, as `file:line:column`. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
  /** Where its name is. */
  readonly placeOfName: (path: readonly PropertyKey[]) => string;
};

/** Reads a file. Throws a UsageError with the place of a mistake. */
export const readYaml = (path: string, name: string): YamlFile => {
  const counter = new LineCounter();
  const document = bounded(name, () => parseDocument(readText(path, name), { lineCounter: counter }));
  const at = (offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return placeText(name, { line, column: col });
  };
  const [mistake] = document.errors;
  if (mistake !== undefined) throw new UsageError(toldOf(mistake, name, at));
  const value = bounded(name, () => readValue(document, name, at));
  return {
    value,
    placeOf: (path) => at(offsetOf(document, path)),
    placeOfName: (path) => at(nameOffsetOf(document, path) ?? offsetOf(document, path)),
  };
};

const toldOf = ({ code, message, pos: [start] }: YAMLError, name: string, at: (offset: number) => string): string => {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep(name);
  if (code === 'MULTIPLE_DOCS') return `${at(start)}: a second document (---) begins here: all cases are in one`;
  // The place is told before it.
  return `${at(start)}: ${message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`;
};

const tooDeep = (name: string): string => `${name} is nested too deeply`;

/** What is nested deeper than the stack is a mistake of the file's, too. */
const bounded = <T>(name: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(tooDeep(name));
    throw error;
  }
};

const readValue = (document: Document.Parsed, name: string, at: (offset: number) => string): unknown => {
  const value = followed(document, name, at);
  if (isCircular(value)) throw new UsageError(`${name}: an alias (*…) stands for something that it is a part of`);
  return value;
};

/** Without it, each that is told or compared of such a value would have no end. */
const isCircular = (value: unknown): boolean => {
  try {
    JSON.stringify(value);
    return false;
  } catch (error) {
    if (error instanceof TypeError) return true;
    throw error;
  }
};

const followed = (document: Document.Parsed, name: string, at: (offset: number) => string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new UsageError(danglingAlias(document, at) ?? `${name}: its aliases (*…) stand for far too much`);
  }
};

const danglingAlias = (document: Document.Parsed, at: (offset: number) => string): string | undefined => {
  let told: string | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      const { source } = alias;
      told = `${at(alias.range?.[0] ?? 0)}: *${source} is an alias of nothing: its anchor, &${source}, has to come before it`;
      return visit.BREAK;
    },
  });
  return told;
};

/** Of its value, or, where it is missing, of what it is missing in. */
const offsetOf = (document: Document.Parsed, path: readonly PropertyKey[]): number => {
  const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
  const start = node?.range?.[0];
  if (start !== undefined) return start;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
};

const nameOffsetOf = (document: Document.Parsed, path: readonly PropertyKey[]): number | undefined => {
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(map)) return undefined;
  const names = map.items.map(({ key }) => key).filter(isScalar);
  return names.find(({ value }) => String(value) === path.at(-1))?.range?.[0];
};
