import { dirname, resolve } from 'node:path';
import { OUTCOMES, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { z } from 'zod';
import { SEEDED_STORES } from '../seed/seed.ts';
import { UsageError } from '../usage-error.ts';
import { mistakeOf } from './mistake.ts';
import { readYaml } from './yaml-file.ts';

const VERDICTS = ['wrong_password', 'user_not_found', 'user_exists', 'validation', 'rejected', 'broken'] as const;
const values = z.record(z.string(), z.unknown());

const argsSchema = z
  .strictObject({
    id: z.union([z.string(), z.number()]).optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    username: z.string().optional(),
    keyword: z.string().optional(),
    page: z.int().min(1).optional(),
    limit: z.int().min(1).optional(),
    password: z.string().optional(),
    fields: values.optional().describe('fields of a new user, or what changes'),
    context: values.optional().describe('facts of the call, over the usual ones'),
  })
  .describe('the arguments by name; context is added');

const expectSchema = z
  .strictObject({
    profile: values.optional().describe('the profile has these fields; others may be there'),
    result: z.unknown().optional().describe('the result is exactly this'),
    contains: z.unknown().optional().describe('the result has all of this'),
    not_found: z.literal(true).optional().describe('null, or an error that says that there is no such user'),
    rejected: z
      .union([z.literal(true), z.enum(VERDICTS)])
      .optional()
      .describe('refused, for this cause if one is named'),
    error: z
      .strictObject({
        outcome: z.enum(OUTCOMES).optional(),
        name: z.string().optional(),
        message: z.string().optional().describe('is part of the message; /…/ is a regular expression'),
        code: z.string().optional(),
        line: z.int().optional(),
      })
      .optional(),
    console: z.array(z.string()).optional().describe('these texts are parts of console lines, in this order'),
  })
  .describe('what has to come of it; several must all hold');

const caseSchema = z.strictObject({
  name: z.string(),
  action: z.enum(SCRIPT_ACTIONS),
  script: z.string().optional().describe('the file; else the one named after the action, beside this file'),
  args: z.union([argsSchema, z.array(z.unknown()).describe('all arguments in their order')]).optional(),
  env: z.record(z.string(), z.string()).optional(),
  expect: expectSchema,
});

const caseFileSchema = z.strictObject({
  $schema: z.string().optional(),
  seed: z.enum(SEEDED_STORES).optional().describe('a fresh store with sample users for these cases'),
  env_file: z.string().optional().describe('variables; else .env beside this file'),
  env: z.record(z.string(), z.string()).optional(),
  allow: z.array(z.string()).optional().describe('destinations to open beside the public internet, as HOST:PORT'),
  cases: z.array(caseSchema).min(1),
});

export type Case = z.infer<typeof caseSchema>;
export type CaseFile = z.infer<typeof caseFileSchema> & { readonly path: string; readonly folder: string };

/** The schema as editors read it, for completion while cases are written. */
export const caseFileJsonSchema = (): object => z.toJSONSchema(caseFileSchema, { io: 'input' });

const describe = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** Reads a file of cases, YAML or JSON. Throws a UsageError with the place of a mistake. */
export const readCases = (name: string, folder: string): CaseFile => {
  const path = resolve(folder, name);
  const { value, placeOf, placeOfName } = readYaml(path, name);
  const read = caseFileSchema.safeParse(value);
  if (read.success) return { ...read.data, path, folder: dirname(path) };
  const mistake = mistakeOf(caseFileSchema, value, read.error.issues);
  const place = mistake.isName ? placeOfName(mistake.path) : placeOf(mistake.path);
  throw new UsageError(`${place}: ${describe(mistake.path) || 'the file'} ${mistake.text}`);
};
