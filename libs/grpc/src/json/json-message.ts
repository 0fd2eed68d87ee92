import {
  createFileRegistry,
  type DescField,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  fromJson,
  fromJsonString,
  type JsonObject,
  toBinary,
  toJsonString,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { ServiceError } from '@userferry/errors';
import { readDescriptorSet } from '../descriptor-set.ts';
import { jsonDepthProblem } from './json-depth.ts';
import { jsonProblem } from './json-problem.ts';

let contracts: FileRegistry | undefined;

const registry = (): FileRegistry => {
  contracts ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, readDescriptorSet()));
  return contracts;
};

/** How the messages of one call are written as JSON. */
export type JsonMapping = {
  /**
   * The bytes of a request that came as JSON. Names, numbers, bytes and times are as the JSON mapping of proto3 has them;
   * what it does not know is refused.
   * @throws ServiceError INVALID_ARGUMENT naming the field, and no value
   */
  readonly toRequest: (text: string) => Uint8Array;
  /** The JSON of an answer. Fields that have no presence are there even when they are zero, empty or false. */
  readonly fromResponse: (bytes: Uint8Array) => string;
};

/**
 * The JSON mapping of the call with this path (`/package.Service/Method`), from the descriptors of our contracts.
 * @throws Error for a call that is in none of them
 */
export const jsonMapping = (path: string): JsonMapping => {
  const method = methodOf(path);
  return {
    toRequest: (text) => {
      const problem = jsonDepthProblem(text);
      if (problem !== undefined) throw new ServiceError('INVALID_ARGUMENT', `the JSON ${problem}`);
      return toBinary(method.input, parse(method, text));
    },
    fromResponse: (bytes) =>
      toJsonString(method.output, fromBinary(method.output, bytes), { alwaysEmitImplicit: true }),
  };
};

const parse = ({ input }: DescMethod, text: string) => {
  try {
    return fromJsonString(input, text);
  } catch (error) {
    throw jsonProblem(error, fieldNamed(input, culprit(input, text)));
  }
};

/** The first of the names at the top that cannot be read even when it is alone. */
const culprit = (input: DescMethod['input'], text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.entries(value).find(([name, each]) => !isReadable(input, { [name]: each }))?.[0];
  } catch {
    return undefined;
  }
};

/** The field of that name; in JSON it may be written in two ways. */
const fieldNamed = (input: DescMethod['input'], name: string | undefined): DescField | undefined =>
  input.fields.find((field) => field.jsonName === name || field.name === name);

const isReadable = (input: DescMethod['input'], json: JsonObject): boolean => {
  try {
    fromJson(input, json);
    return true;
  } catch {
    return false;
  }
};

const methodOf = (path: string): DescMethod => {
  const [, service = '', name = ''] = path.split('/');
  const method = registry()
    .getService(service)
    ?.methods.find((each) => each.name === name);
  if (method === undefined) throw new Error(`${path} is in none of the contracts`);
  return method;
};
