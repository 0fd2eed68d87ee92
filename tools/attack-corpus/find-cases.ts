/** The attack scripts in a folder: files, code blocks of documents, and scripts that lie as text in other people's tests. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type AttackCase = {
  /** Where it lies: file from the folder on, with the line for a part of one. */
  readonly name: string;
  readonly code: string;
};

const CODE_BLOCK = /^```(?:js|javascript|node|ts|typescript)[^\n]*\n(.*?)^```/gms;
/** A template text; what it puts in from elsewhere stays as it is written. */
const TEMPLATE = /(?<!\\)`((?:[^`\\]|\\.)*)`/gs;
/** A text in quotes that is long enough for a script. */
const QUOTED = /(['"])((?:(?!\1)[^\\\n]|\\.){60,})\1/g;
const LOOKS_LIKE_CODE = /[;{(=].*[;})]/s;
const COMMENTS = /\/\*.*?\*\/|^\s*\/\/[^\n]*/gms;

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_all, char: string) =>
    char === 'n' ? '\n' : char === 't' ? '\t' : /[`$'"]/.test(char) ? char : `\\${char}`,
  );

function found(file: string, text: string, pattern: RegExp, group: number): AttackCase[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    name: `${file}:${lineOf(text, match.index)}`,
    code: match[group] as string,
  }));
}

const isCode = ({ code }: AttackCase): boolean => code.trim().length >= 20 && LOOKS_LIKE_CODE.test(code);

/** Comments are blanked, so that a quotation mark in one begins no text. */
function partsOf(file: string, text: string): AttackCase[] {
  const plain = text.replace(COMMENTS, blank);
  const templates = found(file, plain, TEMPLATE, 1);
  const quoted = found(file, plain.replace(TEMPLATE, blank), QUOTED, 2);
  return [...templates, ...quoted].filter(isCode).map(({ name, code }) => ({ name, code: unescaped(code) }));
}

/** Every case in a folder, by name. */
export function findCases(folder: string): AttackCase[] {
  const files = globSync('**/*.{js,cjs,mjs,ts,md}', { cwd: folder, exclude: ['**/node_modules/**'] }).sort();
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    if (file.endsWith('.md')) return found(file, text, CODE_BLOCK, 1);
    return [{ name: file, code: text }, ...partsOf(file, text)];
  });
}
