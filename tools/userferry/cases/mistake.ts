import { closest } from '@userferry/process';
import { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong with a value that a schema refuses: where, and in words. */
export type Mistake = {
  readonly path: Path;
  readonly text: string;
  /** That there is such a field at all. */
  readonly isName: boolean;
};

/** The first mistake that a person would mend; a field that is misspelt comes before the one that is missing for it. */
export const mistakeOf = (schema: z.ZodType, value: unknown, issues: readonly Issue[]): Mistake => {
  const { path, issue } = firstOf(issues);
  if (issue === undefined) return { path, text: 'cannot be read', isName: false };
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return { path: [...path, key], text: `is no field; ${fieldHint(key, fieldsAt(schema, path))}`, isName: true };
  }
  return { path, text: textOf(issue, valueAt(value, path)), isName: false };
};

const firstOf = (issues: readonly Issue[], before: Path = []): { path: Path; issue: Issue | undefined } => {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = [...before, ...(issue?.path ?? [])];
  // Of several forms, the one that was meant is the one whose kind it is.
  const meant = issue?.code === 'invalid_union' ? issue.errors.find((form) => !form.some(isOfKind)) : undefined;
  return meant === undefined ? { path, issue } : firstOf(meant, path);
};

const isOfKind = ({ code, path }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

const textOf = (issue: Issue, value: unknown): string => {
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind([issue.expected], value);
    case 'invalid_value':
      return wrongChoice(issue.values, value);
    case 'invalid_union':
      return wrongForm(issue.errors.flat(), value);
    case 'too_small':
      return issue.origin === 'array' ? 'must not be empty' : `must be ${issue.minimum} or more`;
    default:
      return 'cannot be read';
  }
};

const wrongForm = (issues: readonly Issue[], value: unknown): string => {
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  if (values.length > 0) return wrongChoice(values, value);
  return wrongKind(
    issues.flatMap((issue) => (issue.code === 'invalid_type' ? issue.expected : [])),
    value,
  );
};

const wrongChoice = (values: readonly unknown[], value: unknown): string => {
  const words = values.map(String);
  const meant = typeof value === 'string' ? closest(value, words) : undefined;
  const [only] = words;
  return `must be ${words.length === 1 ? only : `one of ${words.join(', ')}`}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const wrongKind = (expected: readonly string[], value: unknown): string => {
  const wanted = [...new Set(expected.map((kind) => KINDS[kind] ?? kind))].join(' or ');
  const found = kindOf(value);
  // 1.5 is a number, too: that is not what is wrong with it.
  return `must be ${wanted}${wanted === 'a whole number' && found === 'a number' ? '' : `, not ${found}`}`;
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return (Array.isArray(value) ? 'a list' : KINDS[typeof value]) ?? typeof value;
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce((each, part) => (each as Record<PropertyKey, unknown> | undefined)?.[part], value);

const fieldHint = (key: string, fields: readonly string[]): string => {
  const meant = closest(key, fields);
  return meant === undefined ? `there are ${fields.join(', ')}` : `did you mean ${meant}?`;
};

const fieldsAt = (schema: z.ZodType, path: Path): readonly string[] => {
  const forms = path.reduce<z.ZodType[]>((each, part) => each.flatMap((form) => within(form, part)), [schema]);
  return forms.flatMap(formsOf).flatMap((form) => (form instanceof z.ZodObject ? Object.keys(form.shape) : []));
};

const within = (schema: z.ZodType, part: PropertyKey): z.ZodType[] =>
  formsOf(schema).flatMap((form) => {
    if (form instanceof z.ZodArray) return form.element as z.ZodType;
    const field = form instanceof z.ZodObject ? (form.shape[String(part)] as z.ZodType | undefined) : undefined;
    return field ?? [];
  });

const formsOf = (schema: z.ZodType): z.ZodType[] => {
  if (schema instanceof z.ZodOptional) return formsOf(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]).flatMap(formsOf) : [schema];
};
