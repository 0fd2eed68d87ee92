import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ScriptAction } from '@userferry/script-contract';

/** The legacy user stores that there are ready-made scripts for. */
export const LEGACY_STORES = ['postgresql', 'mysql', 'mongodb', 'sqlserver', 'web-service'] as const;

export type LegacyStore = (typeof LEGACY_STORES)[number];

/** They lie beside the package's own description, in a built service too. */
const FOLDER = new URL('.', import.meta.resolve('@userferry/script-templates/package.json'));

/** The path of a ready-made script: a start for a company's own, complete and working on the schema beside it. */
const templateFile = (store: LegacyStore, action: ScriptAction): string =>
  fileURLToPath(new URL(`${store}/${action}.js`, FOLDER));

/** The source of a ready-made script. */
export const templateOf = (store: LegacyStore, action: ScriptAction): string =>
  readFileSync(templateFile(store, action), 'utf8');

/** The tables that the SQL scripts are written for. */
export const schemaOf = (store: 'postgresql' | 'mysql' | 'sqlserver'): string =>
  readFileSync(new URL(`${store}/schema.sql`, FOLDER), 'utf8');
