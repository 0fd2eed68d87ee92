/** `util.parseArgs`. */
import { invalidArgType, invalidArgValue, nodeError, validateObject, validateString } from '../node-errors.ts';

type Option = {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: unknown;
};
type Options = Readonly<Record<string, Option>>;
type OptionToken = {
  kind: 'option';
  name: string;
  rawName: string;
  index: number;
  value?: string;
  inlineValue?: boolean;
};
type Token =
  | OptionToken
  | { kind: 'positional'; index: number; value: string }
  | { kind: 'option-terminator'; index: number };
type Config = {
  readonly args?: readonly string[];
  readonly options?: Options;
  readonly strict?: boolean;
  readonly allowPositionals?: boolean;
  readonly allowNegative?: boolean;
  readonly tokens?: boolean;
};

const own = (options: Options, name: string): Option | undefined =>
  Object.hasOwn(options, name) ? options[name] : undefined;

function validateBoolean(value: unknown, name: string): void {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
}

function validateList(value: unknown, name: string, validate: (member: unknown, name: string) => void): void {
  if (!Array.isArray(value)) throw invalidArgType(name, 'an instance of Array', value);
  for (const [i, member] of value.entries()) validate(member, `${name}[${i}]`);
}

function validateOption(name: string, option: Option): void {
  const path = `options.${name}`;
  validateObject(option, path);
  const { type, short, multiple } = option;
  if (type !== 'string' && type !== 'boolean') {
    throw invalidArgType(`${path}.type`, "('string|boolean')", type);
  }
  if (Object.hasOwn(option, 'short')) {
    validateString(short, `${path}.short`);
    if (short?.length !== 1) throw invalidArgValue(`${path}.short`, short, 'must be a single character');
  }
  if (Object.hasOwn(option, 'multiple')) validateBoolean(multiple, `${path}.multiple`);
  if (option.default === undefined) return;
  const validate = type === 'string' ? validateString : validateBoolean;
  if (multiple) validateList(option.default, `${path}.default`, validate);
  else validate(option.default, `${path}.default`);
}

const longName = (short: string, options: Options): string =>
  Object.keys(options).find((name) => options[name]?.short === short) ?? short;

const takesValue = (options: Options, name: string): boolean => own(options, name)?.type === 'string';

/** `-abc` as `-a -b -c`, where only the last takes a value; undefined for what is no such group. */
function spread(arg: string, options: Options): string[] | undefined {
  if (!/^-[^-]./.test(arg) || takesValue(options, longName(arg[1] as string, options))) return undefined;
  const parts: string[] = [];
  for (let i = 1; i < arg.length; i++) {
    const isValued = takesValue(options, longName(arg[i] as string, options));
    if (isValued && i < arg.length - 1) return [...parts, `-${arg.slice(i)}`];
    parts.push(`-${arg[i]}`);
  }
  return parts;
}

function optionToken(arg: string, options: Options, next: string | undefined, index: number): OptionToken {
  const isLong = arg.startsWith('--');
  const equals = isLong ? arg.indexOf('=', 3) : -1;
  if (equals !== -1) {
    const name = arg.slice(2, equals);
    return { kind: 'option', name, rawName: `--${name}`, index, value: arg.slice(equals + 1), inlineValue: true };
  }
  const name = isLong ? arg.slice(2) : longName(arg[1] as string, options);
  if (!isLong && arg.length > 2) {
    return { kind: 'option', name, rawName: arg.slice(0, 2), index, value: arg.slice(2), inlineValue: true };
  }
  const value = takesValue(options, name) ? next : undefined;
  const given = value === undefined ? { value: undefined, inlineValue: undefined } : { value, inlineValue: false };
  return { kind: 'option', name, rawName: arg, index, ...given } as OptionToken;
}

const isOption = (arg: string): boolean => /^-[\s\S]/.test(arg);

function tokensOf(args: readonly string[], options: Options): Token[] {
  const tokens: Token[] = [];
  const left = [...args];
  let index = -1;
  let grouped = 0;
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (grouped > 0) grouped -= 1;
    else index += 1;
    if (arg === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const value of left) tokens.push({ kind: 'positional', index: ++index, value });
      break;
    }
    const parts = spread(arg, options);
    if (parts !== undefined) {
      left.unshift(...parts);
      grouped = parts.length;
    } else if (isOption(arg)) {
      const token = optionToken(arg, options, left[0], index);
      if (token.inlineValue === false) {
        left.shift();
        index += 1;
      }
      tokens.push(token);
    } else tokens.push({ kind: 'positional', index, value: arg });
  }
  return tokens;
}

type Parsing = { readonly options: Options; readonly allowNegative: boolean; readonly allowPositionals: boolean };

const invalidValue = (message: string): Error => nodeError(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', message);

function checkUsage({ name, rawName, value, inlineValue }: OptionToken, parsing: Parsing): void {
  const { options, allowNegative, allowPositionals } = parsing;
  const positive = name.slice(3);
  const isNegated = allowNegative && name.startsWith('no-') && own(options, positive)?.type === 'boolean';
  const known = own(options, name) === undefined && isNegated ? positive : name;
  const option = own(options, known);
  if (option === undefined) {
    const hint = allowPositionals
      ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${rawName}"`
      : '';
    throw nodeError(TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${rawName}'${hint}`);
  }
  const shown = `${option.short ? `-${option.short}, ` : ''}--${known}`;
  if (option.type === 'string' && typeof value !== 'string') {
    throw invalidValue(`Option '${shown} <value>' argument missing`);
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw invalidValue(`Option '${shown}' does not take an argument`);
  }
  if (inlineValue !== false || !/^-./.test(value as string)) return;
  const example = rawName.startsWith('--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw invalidValue(
    `Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\nTo specify an option argument starting with a dash use ${example}.`,
  );
}

type Values = Record<string, unknown>;

function store(token: OptionToken, { options, allowNegative }: Parsing, values: Values): void {
  let value: unknown = token.value ?? true;
  if (token.name === '__proto__') return;
  if (allowNegative && token.name.startsWith('no-') && token.value === undefined) {
    token.name = token.name.slice(3);
    value = false;
  }
  const { name } = token;
  if (own(options, name)?.multiple) values[name] = [...((values[name] as unknown[]) ?? []), value];
  else values[name] = value;
}

export function parseArgs(config: Config = {}): { values: Values; positionals: string[]; tokens?: Token[] } {
  const { args = [], strict = true, allowPositionals = !strict, tokens: wantsTokens = false } = config;
  const { allowNegative = false, options = {} } = config;
  validateList(args, 'args', () => undefined);
  for (const [name, flag] of Object.entries({ strict, allowPositionals, tokens: wantsTokens, allowNegative })) {
    validateBoolean(flag, name);
  }
  validateObject(options, 'options');
  for (const [name, option] of Object.entries(options)) validateOption(name, option);
  const tokens = tokensOf(args, options);
  const values: Values = Object.create(null);
  const positionals: string[] = [];
  const parsing = { options, allowNegative, allowPositionals };
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (strict) checkUsage(token, parsing);
      store(token, parsing, values);
    } else if (token.kind === 'positional') {
      if (!allowPositionals) {
        const message = `Unexpected argument '${token.value}'. This command does not take positional arguments`;
        throw nodeError(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', message);
      }
      positionals.push(token.value);
    }
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default !== undefined && values[name] === undefined) values[name] = option.default;
  }
  return wantsTokens ? { values, positionals, tokens } : { values, positionals };
}
