import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { closest } from '@userferry/process';
import {
  isScriptAction,
  LIMITS,
  SCRIPT_ACTIONS,
  type ScriptAction,
  type ScriptLanguage,
} from '@userferry/script-contract';
import { readText } from './read-text.ts';
import { UsageError } from './usage-error.ts';

/** A script as it lies in a file. */
export type ScriptFile = {
  /** As the author named it. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
  readonly language: ScriptLanguage;
  /** What the file is called says which function it is for: `login.js`, `login.ts`. */
  readonly action: ScriptAction | undefined;
};

const LANGUAGES: Readonly<Record<string, ScriptLanguage>> = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
};

/** The action that a file's name tells. */
const actionOfFile = (name: string): ScriptAction | undefined => {
  const word = basename(name, extname(name));
  return isScriptAction(word) ? word : undefined;
};

/** Reads a script; `folder` is where its name starts from. */
export const readScript = (name: string, folder: string): ScriptFile => {
  const path = resolve(folder, name);
  const source = readText(path, name);
  if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
    throw new UsageError(`${name} is longer than ${LIMITS.sourceBytesMax} bytes`);
  return { name, path, source, language: LANGUAGES[extname(name)] ?? 'javascript', action: actionOfFile(name) };
};

/** The scripts of a folder, by the actions' names. */
export const scriptsIn = (folder: string): readonly string[] =>
  SCRIPT_ACTIONS.flatMap((action) =>
    [`${action}.js`, `${action}.ts`].filter((name) => existsSync(resolve(folder, name))),
  );

/** An action by its name; a misspelt one is told with the nearest. */
export const readAction = (word: string): ScriptAction => {
  if (isScriptAction(word)) return word;
  const meant = closest(word, SCRIPT_ACTIONS);
  throw new UsageError(
    `${word} is no action${meant === undefined ? '.' : `: did you mean ${meant}?`} There are ${SCRIPT_ACTIONS.join(', ')}`,
  );
};
