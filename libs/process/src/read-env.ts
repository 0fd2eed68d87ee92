import { readFileSync } from 'node:fs';
import { type ZodType, z } from 'zod';
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

/**
 * Reads the variables that a schema names. An empty variable counts as absent. `NAME_FILE` may stand for `NAME`: the
 * file's content, its last line break cut off. `across` names what is wrong between variables that are right by
 * themselves.
 * @throws ConfigError naming every variable that is missing or malformed, and every `USERFERRY_` one that nothing reads
 */
export const readEnv = <Shape extends Record<string, ZodType>>(
  shape: Shape,
  env: Env,
  across: (values: z.infer<z.ZodObject<Shape>>) => readonly string[] = () => [],
): z.infer<z.ZodObject<Shape>> => {
  const problems = unknownVariables(Object.keys(env).filter((name) => env[name]));
  const values: Record<string, string | undefined> = {};
  for (const name of Object.keys(shape)) values[name] = readOne(name, env, problems);
  const parsed = z.object(shape).safeParse(values);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join('.')}: ${withoutValue(issue)}`);
  if (parsed.success) problems.push(...across(parsed.data));
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
};

const readOne = (name: string, env: Env, problems: string[]): string | undefined => {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    problems.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
};

/** Zod's messages name the expected form; the few that would repeat the value are worded anew. */
const withoutValue = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_type')
    return issue.message.includes('undefined') ? 'is required' : `must be a ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  return issue.message;
};
