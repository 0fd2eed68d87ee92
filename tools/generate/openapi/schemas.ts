import { type DescEnum, type DescField, type DescMessage, type DescService, ScalarType } from '@bufbuild/protobuf';
import type { Comments } from './comments.ts';

export type Schema = { readonly [name: string]: unknown };

type Type = DescMessage | DescEnum;

/** Every message and enum of the services as a schema of its JSON, by its name. */
export const schemasOf = (services: readonly DescService[], comments: Comments): Readonly<Record<string, Schema>> => {
  const methods = services.flatMap((service) => service.methods);
  const asked = reached(methods.map(({ input }) => input));
  const all = reached(methods.flatMap(({ input, output }) => [input, output]));
  const sorted = [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map((type) => [
      type.name,
      type.kind === 'enum' ? enumSchema(type, comments) : messageSchema(type, comments, asked.has(type.name)),
    ]),
  );
};

/** The types that are in these messages, by name. Throws for two of one name. */
const reached = (messages: readonly Type[], found = new Map<string, Type>()): ReadonlyMap<string, Type> => {
  for (const type of messages) {
    const same = found.get(type.name);
    if (same !== undefined && same.typeName !== type.typeName)
      throw new Error(`two types are called ${type.name}: ${same.typeName} and ${type.typeName}`);
    if (same !== undefined || type.typeName.startsWith('google.')) continue;
    found.set(type.name, type);
    if (type.kind === 'message')
      reached(
        type.fields.flatMap(({ message, enum: one }) => message ?? one ?? []),
        found,
      );
  }
  return found;
};

const described = (description: string, schema: Schema): Schema =>
  description === '' ? schema : { description, ...schema };

const enumSchema = ({ typeName, values }: DescEnum, comments: Comments): Schema => {
  const told = values.map(({ name }) => [name, comments(typeName, name)]).filter(([, text]) => text !== '');
  const text = [comments(typeName), ...told.map(([name, comment]) => `- \`${name}\`: ${comment}`)];
  return described(text.filter((line) => line !== '').join('\n'), {
    type: 'string',
    enum: values.map(({ name }) => name),
  });
};

/** Requests know no other fields; answers may get more with later versions, and have those without presence always. */
const messageSchema = (message: DescMessage, comments: Comments, isAsked: boolean): Schema => {
  const { typeName, fields } = message;
  const properties = fields.map((field) => [
    field.jsonName,
    described(fieldComment(field, comments(typeName, field.name)), valueSchema(field)),
  ]);
  const always = fields.filter((field) => !hasPresence(field)).map(({ jsonName }) => jsonName);
  return described(comments(typeName), {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(isAsked ? { additionalProperties: false } : always.length > 0 && { required: always }),
  });
};

const hasPresence = (field: DescField): boolean =>
  field.oneof !== undefined || field.proto.proto3Optional || field.fieldKind === 'message';

const fieldComment = ({ oneof }: DescField, comment: string): string => {
  if (oneof === undefined) return comment;
  const others = oneof.fields.map(({ jsonName }) => `\`${jsonName}\``).join(', ');
  return [comment, `At most one of ${others}.`].filter((text) => text !== '').join(' ');
};

const valueSchema = (field: DescField): Schema => {
  if (field.fieldKind === 'list') return { type: 'array', items: single(field) };
  if (field.fieldKind === 'map') return { type: 'object', additionalProperties: single(field) };
  return single(field);
};

const single = ({ message, enum: one, scalar }: DescField): Schema => {
  if (message?.typeName === 'google.protobuf.Timestamp') return { type: 'string', format: 'date-time' };
  const type = message ?? one;
  if (type !== undefined) return { $ref: `#/components/schemas/${type.name}` };
  const schema = scalar === undefined ? undefined : SCALARS[scalar];
  if (schema === undefined) throw new Error('a field of a kind that the JSON API has not had yet');
  return schema;
};

const WHOLE_64 = { type: 'string', pattern: '^-?[0-9]+$' };

const SCALARS: Readonly<Partial<Record<ScalarType, Schema>>> = {
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.DOUBLE]: { type: 'number' },
  [ScalarType.INT32]: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  [ScalarType.UINT32]: { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 },
  [ScalarType.INT64]: WHOLE_64,
};
