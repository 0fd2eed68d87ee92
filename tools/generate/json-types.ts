import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescMessage,
  type DescService,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const PUBLIC = /^userferry\.(identity|management)\./;

/**
 * The public services' messages as proto3 JSON has them, as TypeScript: enums by name, 64-bit numbers and bytes as
 * strings, times in RFC 3339. What the descriptor set holds goes in, one module's text comes out.
 */
export function jsonTypes(descriptorSetFile: string): string {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorSetFile)));
  const services = [...registry].filter((type) => type.kind === 'service' && PUBLIC.test(type.typeName));
  const found = new Map<string, DescMessage | DescEnum>();
  for (const { methods } of services as DescService[])
    for (const { input, output } of methods) for (const message of [input, output]) collect(message, found);
  const types = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = types.map((type) => (type.kind === 'enum' ? enumType(type) : messageType(type)));
  return [HEAD, ...parts, apiType(services as DescService[])].join('\n\n').concat('\n');
}

const HEAD = `// Generated from the descriptor set by tools/generate. DO NOT EDIT.
// Messages as proto3 JSON: 64-bit numbers and bytes are strings, times are RFC 3339. A field without a question mark is
// always there in an answer; a request may leave out any field.`;

/** A message, and all that is in it; names are unique over the public packages. */
function collect(type: DescMessage | DescEnum, found: Map<string, DescMessage | DescEnum>): void {
  const same = found.get(type.name);
  if (same !== undefined && same.typeName !== type.typeName)
    throw new Error(`two types are called ${type.name}: ${same.typeName} and ${type.typeName}`);
  if (same !== undefined || type.typeName.startsWith('google.')) return;
  found.set(type.name, type);
  if (type.kind === 'enum') return;
  for (const { message, enum: enumeration } of type.fields) {
    const inner = message ?? enumeration;
    if (inner !== undefined && !isMapEntry(inner)) collect(inner, found);
  }
}

const isMapEntry = (type: DescMessage | DescEnum): boolean =>
  type.kind === 'message' && type.proto.options?.mapEntry === true;

const enumType = ({ name, values }: DescEnum): string =>
  `export type ${name} =\n${values.map((value) => `  | '${value.name}'`).join('\n')};`;

const messageType = ({ name, fields }: DescMessage): string =>
  fields.length === 0
    ? `export type ${name} = Record<string, never>;`
    : `export type ${name} = {\n${fields.map((field) => `  ${fieldType(field)};`).join('\n')}\n};`;

function fieldType(field: DescField): string {
  const maybe = field.oneof !== undefined || field.proto.proto3Optional || field.fieldKind === 'message';
  return `readonly ${field.jsonName}${maybe ? '?' : ''}: ${valueType(field)}`;
}

function valueType(field: DescField): string {
  if (field.fieldKind === 'list') return `readonly ${single(field)}[]`;
  if (field.fieldKind === 'map') return `{ readonly [key: string]: ${single(field)} }`;
  return single(field);
}

function single({ message, enum: enumeration, scalar }: DescField): string {
  if (message !== undefined) return message.typeName === 'google.protobuf.Timestamp' ? 'string' : message.name;
  if (enumeration !== undefined) return enumeration.name;
  return scalar === undefined ? 'never' : scalarType(scalar);
}

const NUMBERS = [
  ScalarType.DOUBLE,
  ScalarType.FLOAT,
  ScalarType.INT32,
  ScalarType.UINT32,
  ScalarType.SINT32,
  ScalarType.FIXED32,
  ScalarType.SFIXED32,
];

const scalarType = (scalar: ScalarType): string => {
  if (scalar === ScalarType.BOOL) return 'boolean';
  return NUMBERS.includes(scalar) ? 'number' : 'string';
};

function apiType(services: readonly DescService[]): string {
  const calls = ({ methods }: DescService) =>
    methods.map(({ name, input, output }) => `    ${name}: { request: ${input.name}; response: ${output.name} };`);
  const bodies = services.map((service) => `  ${service.name}: {\n${calls(service).join('\n')}\n  };`);
  return `/** Every call of \`POST /api/v1/{service}/{method}\`. */\nexport type Api = {\n${bodies.join('\n')}\n};`;
}
