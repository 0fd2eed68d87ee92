import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The JSON API of the public services as an OpenAPI 3.1 document, as it was generated from the contracts. */
export const readOpenApi = (): string =>
  readFileSync(fileURLToPath(import.meta.resolve('@userferry/contracts/openapi.json')), 'utf8');
