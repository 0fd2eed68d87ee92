import { type DescField, type DescOneof, ScalarType } from '@bufbuild/protobuf';
import { isFieldError } from '@bufbuild/protobuf/reflect';
import { ServiceError } from '@userferry/errors';

/**
 * Why a text is no request, in our words: what protobuf-es says quotes values, and a value may be a password. So it is no
 * `cause` either, which a log might show.
 * The names are those of the contract.
 * @param culprit where it is known: the field at the top that cannot be read
 */
export const jsonProblem = (error: unknown, culprit?: DescField): ServiceError => {
  const cause = error instanceof Error ? error.cause : undefined;
  if (isFieldError(cause)) return fieldProblem(cause.field(), cause.message);
  const message = error instanceof Error ? error.message : '';
  const unknown = /^cannot decode message \S+ from JSON: key "(.*)" is unknown$/s.exec(message)?.[1];
  if (unknown === '') return refuse('', 'the JSON has an empty name');
  if (unknown !== undefined) return refuse(unknown, 'is no field of this request');
  if (/duplicate/.test(message)) return refuse('', 'the JSON has a name twice in one object');
  if (/^cannot decode message google\.protobuf\.Timestamp /.test(message))
    return refuse(culprit?.name ?? '', 'must be a time in RFC 3339, as 2026-11-26T08:00:00Z');
  const enumName = /^cannot decode enum \S+\.(\w+) /.exec(message)?.[1];
  if (enumName !== undefined) return refuse(culprit?.name ?? '', `must be ${oneOf(enumName, culprit)}`);
  if (culprit !== undefined) return refuse(culprit.name, 'is not what the contract says');
  return refuse('', 'the body is not the JSON object of this request');
};

const fieldProblem = (field: DescField | DescOneof, message: string): ServiceError => {
  if (field.kind === 'oneof') return refuse(field.name, 'is set more than once');
  if (/set multiple times|duplicate/.test(message)) return refuse(field.name, 'is there twice');
  return refuse(field.name, `must be ${expected(field)}`);
};

const expected = (field: DescField): string => {
  switch (field.fieldKind) {
    case 'message':
      return 'an object';
    case 'enum':
      return namesOf(field);
    case 'scalar':
      return SCALARS[field.scalar] ?? INTEGER;
    case 'map':
      return `an object${field.mapKind === 'scalar' ? `, each value ${SCALARS[field.scalar] ?? INTEGER}` : ''}`;
    case 'list':
      return `a list${itemsOf(field)}`;
  }
};

const itemsOf = (field: Extract<DescField, { fieldKind: 'list' }>): string => {
  if (field.listKind === 'scalar') return `, each of it ${SCALARS[field.scalar] ?? INTEGER}`;
  return field.listKind === 'enum' ? `, each of it ${namesOf(field)}` : ' of objects';
};

/** The names of an enum where it is the field's own; one that lies deeper is called by its name. */
const oneOf = (enumName: string, field: DescField | undefined): string => {
  const isItsOwn = field?.fieldKind === 'enum' || (field?.fieldKind === 'list' && field.listKind === 'enum');
  return isItsOwn ? namesOf(field) : `the name of a value of ${enumName}`;
};

const namesOf = (field: { readonly enum: { readonly values: readonly { readonly name: string }[] } }): string =>
  `one of ${field.enum.values
    .map(({ name }) => name)
    .filter((name) => !name.endsWith('_UNSPECIFIED'))
    .join(', ')}`;

const INTEGER = 'a whole number within its range, as a number or as text';

const SCALARS: Readonly<Partial<Record<ScalarType, string>>> = {
  [ScalarType.STRING]: 'text',
  [ScalarType.BYTES]: 'text in base64',
  [ScalarType.BOOL]: 'true or false',
  [ScalarType.DOUBLE]: 'a number',
  [ScalarType.FLOAT]: 'a number',
};

const NAME_LENGTH_MAX = 64;

const refuse = (name: string, problem: string): ServiceError => {
  // What a caller named is repeated as far as it is a name.
  const field = name.slice(0, NAME_LENGTH_MAX).replace(/[^\x20-\x7e]/g, '?');
  if (field === '') return new ServiceError('INVALID_ARGUMENT', problem);
  return new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });
};
