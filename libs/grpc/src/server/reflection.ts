import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { readDescriptorSet } from '../descriptor-set.ts';

/**
 * Adds server reflection (v1 and v1alpha) for the named services.
 *
 * The descriptors come from the set that `buf build` wrote, file by file and byte by byte. What proto-loader would
 * derive merges all files of a package and loses their imports, and `buf curl` then resolves nothing.
 */
export const addReflection = (server: Server, services: readonly string[]): void => {
  const fileDescriptorProtos = splitDescriptorSet(readDescriptorSet());
  const all = { all: { fileDescriptorProtos } } as unknown as ConstructorParameters<typeof ReflectionService>[0];
  new ReflectionService(all, { services: [...services] }).addToServer(server);
};

/** The files of a `google.protobuf.FileDescriptorSet`: its field 1, repeated. */
const splitDescriptorSet = (bytes: Uint8Array): Buffer[] => {
  const reader = new BinaryReader(bytes);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) files.push(Buffer.from(reader.bytes()));
    else reader.skip(tag & 7);
  }
  return files;
};
