import type { JsonObject } from '@userferry/user-model';

/** JSON objects of our own services, as bytes; empty bytes are an empty object. */
export const jsonObjectOf = (bytes: Uint8Array): JsonObject =>
  bytes.length === 0 ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject);
