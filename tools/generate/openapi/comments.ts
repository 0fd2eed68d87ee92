import type { DescFile } from '@bufbuild/protobuf';

/** Numbers of `google.protobuf.FileDescriptorProto` and of what is in it, of which a place in a file is made. */
const MESSAGES = 4;
const ENUMS = 5;
const SERVICES = 6;
const IN_MESSAGE = { fields: 2, nested: 3, enums: 4 };
const IN_SERVICE = { methods: 2 };
const IN_ENUM = { values: 2 };

/** Comments of a contract: of a message, enum, service, or of a field, value or method in it. */
export type Comments = (typeName: string, member?: string) => string;

type Named = { readonly name: string };
type Message = Named & {
  readonly field: readonly Named[];
  readonly nestedType: readonly Message[];
  readonly enumType: readonly Enum[];
};
type Enum = Named & { readonly value: readonly Named[] };

/** All comments of these files, as sentences in one line. */
export const commentsOf = (files: readonly DescFile[]): Comments => {
  const texts = new Map<string, string>();
  for (const file of files) addFile(file, texts);
  return (typeName, member) => texts.get(member === undefined ? typeName : `${typeName} ${member}`) ?? '';
};

const addFile = ({ proto }: DescFile, texts: Map<string, string>): void => {
  const at = new Map(
    (proto.sourceCodeInfo?.location ?? []).map(({ path, leadingComments, trailingComments }) => [
      path.join('.'),
      oneLine(leadingComments || trailingComments),
    ]),
  );
  const say = (name: string, ...path: number[]) => texts.set(name, at.get(path.join('.')) ?? '');
  const addEnum = (one: Enum, scope: string, path: readonly number[]): void => {
    const name = `${scope}.${one.name}`;
    say(name, ...path);
    one.value.forEach((value, index) => void say(`${name} ${value.name}`, ...path, IN_ENUM.values, index));
  };
  const addMessage = (message: Message, scope: string, path: readonly number[]): void => {
    const name = `${scope}.${message.name}`;
    say(name, ...path);
    message.field.forEach((field, index) => void say(`${name} ${field.name}`, ...path, IN_MESSAGE.fields, index));
    message.nestedType.forEach((inner, index) => void addMessage(inner, name, [...path, IN_MESSAGE.nested, index]));
    message.enumType.forEach((inner, index) => void addEnum(inner, name, [...path, IN_MESSAGE.enums, index]));
  };
  proto.messageType.forEach((message, index) => void addMessage(message, proto.package, [MESSAGES, index]));
  proto.enumType.forEach((one, index) => void addEnum(one, proto.package, [ENUMS, index]));
  proto.service.forEach((service, index) => {
    const name = `${proto.package}.${service.name}`;
    say(name, SERVICES, index);
    service.method.forEach((method, at) => void say(`${name} ${method.name}`, SERVICES, index, IN_SERVICE.methods, at));
  });
};

const oneLine = (comment: string | undefined): string => (comment ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
