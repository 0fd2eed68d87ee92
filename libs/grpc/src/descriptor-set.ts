import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `buf build` wrote of all our contracts: a `google.protobuf.FileDescriptorSet`. */
export const readDescriptorSet = (): Uint8Array =>
  readFileSync(fileURLToPath(import.meta.resolve('@userferry/contracts/descriptor-set.binpb')));
