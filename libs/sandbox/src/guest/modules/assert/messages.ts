/** What assertions say when nobody gave them a message. */
import { inspect } from '../util/inspect.ts';
import { diffLines, showSteps } from './line-diff.ts';

const READABLE: Readonly<Record<string, string>> = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
};

const SHORT_MAX = 12;
const LONG_MAX = 512;
const LINES_MAX = 50;
const STRUCTURE_MAX = 1024;
const LINE_WIDTH = 80;
/** From here on, where two texts begin to differ is pointed at. */
const POINTED_FROM = 3;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const shown = (value: unknown): string =>
  inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Number.POSITIVE_INFINITY,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });

function stacked(actual: string, expected: string, areTexts: boolean): string {
  const text = `\n+ ${actual}\n- ${expected}`;
  if (!areTexts || actual.length + expected.length > LINE_WIDTH) return text;
  const at = [...actual].findIndex((character, i) => character !== expected[i]);
  return at < POINTED_FROM ? text : `${text}\n${' '.repeat(at + 2)}^`;
}

const HEADER = '+ actual - expected';

type Body = {
  readonly operator: string;
  readonly header: string;
  readonly text: string;
  readonly isSkipping?: boolean;
};

/** Two values that take one line each. */
function simpleBody(operator: string, actual: unknown, expected: unknown): Body {
  const [one, other] = [shown(actual), shown(expected)];
  const quotes = (typeof actual === 'string' ? 2 : 0) + (typeof expected === 'string' ? 2 : 0);
  const isShort = one.length + other.length - quotes <= SHORT_MAX && (actual !== 0 || expected !== 0);
  if (isShort) return { operator, header: '', text: `${one} !== ${other}` };
  const areTexts = typeof actual === 'string' && typeof expected === 'string';
  return { operator, header: HEADER, text: stacked(one, other, areTexts) };
}

function bodyOf(operator: string, actual: unknown, expected: unknown): Body {
  const [one, other] = [shown(actual), shown(expected)];
  const [lines, otherLines] = [one.split('\n'), other.split('\n')];
  const isSimple = lines.length === 1 && otherLines.length === 1 && !(isObject(actual) && isObject(expected));
  if (isSimple) return simpleBody(operator, actual, expected);
  if (one === other) {
    const isSkipping = lines.length > LINES_MAX;
    const text = isSkipping ? `${lines.slice(0, LINES_MAX).join('\n')}\n...}` : one;
    return { operator: 'notIdentical', header: '', text, isSkipping };
  }
  const { text, isSkipping } = showSteps(diffLines(lines, otherLines, isObject(actual)));
  return { operator, header: HEADER, text: `\n${text}`, isSkipping };
}

/** The message with the difference of the two values in it. */
export function differenceMessage(operator: string, actual: unknown, expected: unknown, own?: unknown): string {
  const areFunctions = typeof actual === 'function' && typeof expected === 'function';
  const byReference = operator === 'strictEqual' && ((isObject(actual) && isObject(expected)) || areFunctions);
  const body = bodyOf(byReference ? 'strictEqualObject' : operator, actual, expected);
  const skipped = body.isSkipping ? '\n... Skipped lines' : '';
  return `${own || READABLE[body.operator]}\n${body.header}${skipped}\n${body.text}\n`;
}

function unequalMessage(operator: string, actual: unknown): string {
  const byReference = operator === 'notStrictEqual' && (isObject(actual) || typeof actual === 'function');
  const start = READABLE[byReference ? 'notStrictEqualObject' : operator];
  let lines = shown(actual).split('\n');
  if (lines.length > LINES_MAX) lines = [...lines.slice(0, 46), '...'];
  const [first = ''] = lines;
  if (lines.length > 1) return `${start}\n\n${lines.join('\n')}\n`;
  return `${start}${first.length > 5 ? '\n\n' : ' '}${first}`;
}

const shortened = (text: string): string => (text.length > LONG_MAX ? `${text.slice(0, 509)}...` : text);

/** The message of an assertion, by its operator. */
export function generatedMessage(operator: string, actual: unknown, expected: unknown): string {
  if (/^(?:partialDeepS|deepS|s)trictEqual$/.test(operator)) return differenceMessage(operator, actual, expected);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') return unequalMessage(operator, actual);
  const [one, other] = [shown(actual), shown(expected)];
  if (operator === 'notDeepEqual' && one === other) {
    const text = `${READABLE.notDeepEqual}\n\n${one}`;
    return text.length > STRUCTURE_MAX ? `${text.slice(0, 1021)}...` : text;
  }
  const [left, right] = [shortened(one), shortened(other)];
  if (operator === 'deepEqual') return `${READABLE.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual') {
    return `Expected values not to be loosely deep-equal:\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  }
  return `${left} ${operator} ${right}`;
}
