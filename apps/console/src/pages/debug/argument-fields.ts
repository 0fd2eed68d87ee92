import type { ScriptAction } from '@userferry/script-contract';
import { idOf, idSentAs } from './id-argument.ts';

/** One input of the form for a script's arguments. */
export type ArgumentField = {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'password' | 'number' | 'json';
  readonly placeholder?: string;
  readonly description?: string;
  /** Takes the description's place once something is typed. */
  readonly sentAs?: (typed: string) => string;
};

/** What was typed, by field. */
export type ArgumentValues = Readonly<Record<string, string>>;

type ActionForm = {
  readonly fields: readonly ArgumentField[];
  /** The arguments before `context`, or what is wrong with what was typed. */
  readonly toArgs: (values: ArgumentValues) => readonly unknown[];
};

const EMAIL: ArgumentField = { name: 'email', label: 'Email', kind: 'text', placeholder: 'ada@example.com' };
const PHONE: ArgumentField = { name: 'phone', label: 'Phone', kind: 'text', placeholder: '+12125550100' };
const USERNAME: ArgumentField = { name: 'username', label: 'User name', kind: 'text', placeholder: 'ada' };
const PASSWORD: ArgumentField = { name: 'password', label: 'Password', kind: 'password' };
const ID: ArgumentField = {
  name: 'id',
  label: 'Id',
  kind: 'text',
  placeholder: '42',
  description: 'As your script returns it. A number is sent as a number; put it in quotes to send a text.',
  sentAs: idSentAs,
};
const MORE: ArgumentField = {
  name: 'more',
  label: 'Further fields, as JSON',
  kind: 'json',
  placeholder: '{ "nickname": "Ada" }',
};

/** Said in the form instead of being sent. */
export class ArgumentProblem extends Error {
  override readonly name = 'ArgumentProblem';
}

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

const identifiers = ({ email, phone, username }: ArgumentValues) => ({
  email: orNull(email),
  phone: orNull(phone),
  username: orNull(username),
});

const id = ({ id: text = '' }: ArgumentValues): string | number => {
  if (text === '') throw new ArgumentProblem('An id is needed.');
  return idOf(text);
};

const json = (text: string | undefined): object => {
  if (text === undefined || text.trim() === '') return {};
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ArgumentProblem('Further fields must be a JSON object: { … }.');
  return value;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentProblem('Further fields are no JSON: check quotes and commas.');
  }
};

const fieldsWithPassword = ({ email, phone, username, password, more }: ArgumentValues) => {
  const typed = Object.entries({ email, phone, username, password }).filter(([, value]) => value);
  return { ...json(more), ...Object.fromEntries(typed) };
};

const count = (text: string | undefined, name: string, fallback: number): number => {
  if (!text) return fallback;
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new ArgumentProblem(`${name} is a whole number from 1.`);
  return Number(text);
};

const one = (values: ArgumentValues) => {
  const query = identifiers(values);
  const given = Object.values(query).filter((value) => value !== null);
  if (given.length !== 1)
    throw new ArgumentProblem('Fill in one of email, phone and user name: a user logs in with one.');
  return query;
};

/** The form of each action, in the order of its arguments. */
export const ARGUMENT_FORMS: Readonly<Record<ScriptAction, ActionForm>> = {
  login: {
    fields: [EMAIL, PHONE, USERNAME, PASSWORD],
    toArgs: (values) => [one(values), values.password ?? ''],
  },
  getUser: {
    fields: [{ ...ID, label: 'Id (or one of the others)' }, EMAIL, PHONE, USERNAME],
    toArgs: (values) => [{ id: values.id ? id(values) : null, ...identifiers(values) }],
  },
  searchUser: {
    fields: [{ name: 'keyword', label: 'Keyword', kind: 'text' }],
    toArgs: ({ keyword = '' }) => [keyword],
  },
  createUser: { fields: [EMAIL, PHONE, USERNAME, PASSWORD, MORE], toArgs: (values) => [fieldsWithPassword(values)] },
  updateUser: {
    fields: [ID, EMAIL, PHONE, USERNAME, PASSWORD, MORE],
    toArgs: (values) => [id(values), fieldsWithPassword(values)],
  },
  deleteUser: { fields: [ID], toArgs: (values) => [id(values)] },
  listUsers: {
    fields: [
      { name: 'page', label: 'Page', kind: 'number', placeholder: '1' },
      { name: 'limit', label: 'Limit', kind: 'number', placeholder: '10' },
    ],
    toArgs: ({ page, limit }) => [count(page, 'Page', 1), count(limit, 'Limit', 10)],
  },
  validatePassword: { fields: [ID, PASSWORD], toArgs: (values) => [id(values), values.password ?? ''] },
};
