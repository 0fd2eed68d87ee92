/** `util.MIMEType`. */
import { nodeError } from '../node-errors.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SPACE = /^[\r\n\t ]+|[\r\n\t ]+$/g;
const trimEnd = (text: string): string => text.replace(/[\r\n\t ]+$/, '');

const syntaxError = (part: string, text: string, at?: number): Error =>
  nodeError(
    TypeError,
    'ERR_INVALID_MIME_SYNTAX',
    `The MIME syntax for a ${part} in "${text}" is invalid${at === undefined || at === -1 ? '' : ` at ${at}`}`,
  );

/** `whole` is the text that an error shows. */
function validateToken(part: string, text: string, whole = text): string {
  const at = text.search(/[^!#$%&'*+\-.^_`|~A-Za-z0-9]/);
  if (text === '' || at !== -1) throw syntaxError(part, whole, at);
  return text;
}

/** One quoted value from its first quote on, and where it ends. */
function readQuoted(text: string, from: number): { value: string; end: number } {
  let value = '';
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    value += text[at];
  }
  return { value, end: at + 1 };
}

class MIMEParams {
  readonly #entries = new Map<string, string>();

  static parse(params: MIMEParams, text: string): void {
    for (let at = 0; at < text.length; ) {
      const [name = ''] = /^[^;=]*/.exec(text.slice(at)) ?? [];
      at += name.length;
      const key = name.replace(SPACE, '').toLowerCase();
      if (text[at] !== '=') {
        at += 1;
        continue;
      }
      at += 1;
      let value: string;
      if (text[at] === '"') {
        const quoted = readQuoted(text, at);
        value = quoted.value;
        at = quoted.end;
        at += (/^[^;]*/.exec(text.slice(at))?.[0] ?? '').length;
      } else {
        const [raw = ''] = /^[^;]*/.exec(text.slice(at)) ?? [];
        at += raw.length;
        value = trimEnd(raw);
        if (value === '') {
          at += 1;
          continue;
        }
      }
      at += 1;
      if (TOKEN.test(key) && QUOTABLE.test(value) && !params.#entries.has(key)) params.#entries.set(key, value);
    }
  }

  delete(name: string): void {
    this.#entries.delete(String(name));
  }
  get(name: string): string | null {
    return this.#entries.get(String(name)) ?? null;
  }
  has(name: string): boolean {
    return this.#entries.has(String(name));
  }
  set(name: string, value: string): void {
    const [key, text] = [String(name), String(value)];
    validateToken('parameter name', key);
    if (!QUOTABLE.test(text)) throw syntaxError('parameter value', text, text.search(/[^\t\x20-\x7e\x80-\xff]/));
    this.#entries.set(key, text);
  }
  *entries(): Generator<[string, string]> {
    yield* this.#entries;
  }
  *keys(): Generator<string> {
    yield* this.#entries.keys();
  }
  *values(): Generator<string> {
    yield* this.#entries.values();
  }
  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
  toString(): string {
    const quoted = (value: string): string => (TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`);
    return [...this.#entries].map(([key, value]) => `${key}=${quoted(value)}`).join(';');
  }
  toJSON(): string {
    return this.toString();
  }
}
const { parse } = MIMEParams;
Reflect.deleteProperty(MIMEParams, 'parse');

class MIMEType {
  #type: string;
  #subtype: string;
  readonly #params = new MIMEParams();

  constructor(input: unknown) {
    const text = String(input).replace(SPACE, '');
    const slash = text.indexOf('/');
    if (slash === -1) throw syntaxError('type', text);
    this.#type = validateToken('type', text.slice(0, slash), text).toLowerCase();
    const semicolon = text.indexOf(';', slash);
    const subtype = trimEnd(text.slice(slash + 1, semicolon === -1 ? undefined : semicolon));
    this.#subtype = validateToken('subtype', subtype, text).toLowerCase();
    if (semicolon !== -1) parse(this.#params, text.slice(semicolon + 1));
  }
  /** Null where the constructor would throw. */
  static parse(input: unknown): MIMEType | null {
    try {
      return new MIMEType(input);
    } catch {
      return null;
    }
  }
  get type(): string {
    return this.#type;
  }
  set type(value: string) {
    this.#type = validateToken('type', String(value)).toLowerCase();
  }
  get subtype(): string {
    return this.#subtype;
  }
  set subtype(value: string) {
    this.#subtype = validateToken('subtype', String(value)).toLowerCase();
  }
  get essence(): string {
    return `${this.#type}/${this.#subtype}`;
  }
  get params(): MIMEParams {
    return this.#params;
  }
  toString(): string {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON(): string {
    return this.toString();
  }
}

export { MIMEParams, MIMEType };
