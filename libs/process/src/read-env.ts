import { readFileSync } from 'node:fs';
import type { ZodType, z } from 'zod';
import { exampleOf } from './example.ts';
import { unknownVariables } from './unknown-variables.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What is wrong with a service's configuration: every problem at once, by the variable's name, never with its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} problem(s):\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** What has to hold between variables. It is looked at when each of them is right by itself, whatever else is wrong. */
export type AcrossRule<Values> = {
  readonly of: readonly (keyof Values & string)[];
  /** The problems, each beginning with a variable's name and a colon, and without any value that is secret. */
  readonly problems: (values: Values) => readonly string[];
};

/**
 * Reads the variables that a schema names. An empty variable counts as absent. `NAME_FILE` may stand for `NAME`: the
 * file's content, its last line break cut off. A schema's `example` (`meta({ example })`) is told with its problems.
 * @throws ConfigError naming every variable that is missing or malformed, every rule between them that does not hold, and
 *   every `USERFERRY_` one that nothing reads
 */
export const readEnv = <Shape extends Record<string, ZodType>>(
  shape: Shape,
  env: Env,
  across: readonly AcrossRule<z.infer<z.ZodObject<Shape>>>[] = [],
): z.infer<z.ZodObject<Shape>> => {
  const problems = unknownVariables(Object.keys(env).filter((name) => env[name]));
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const before = problems.length;
    const text = readOne(name, env, problems);
    if (problems.length > before) continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(...problemsOf(name, schema, parsed.error.issues));
  }
  const all = values as z.infer<z.ZodObject<Shape>>;
  for (const rule of across)
    if (rule.of.every((name) => Object.hasOwn(values, name))) problems.push(...rule.problems(all));
  if (problems.length > 0) throw new ConfigError(problems);
  return all;
};

const readOne = (name: string, env: Env, problems: string[]): string | undefined => {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    problems.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
};

const problemsOf = (name: string, schema: ZodType, issues: readonly z.core.$ZodIssue[]): string[] => {
  const example = exampleOf(schema);
  const lines = issues.map(
    (issue) => `${name}: ${withoutValue(issue)}${example === undefined ? '' : `; for example ${example}`}`,
  );
  return [...new Set(lines)];
};

/** Zod's messages name the expected form; the few that would repeat the value are worded anew. */
const withoutValue = (issue: z.core.$ZodIssue): string => {
  if (issue.message.startsWith('must ') || issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_type')
    return issue.message.includes('undefined') ? 'is required' : `must be a ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  return issue.message;
};
