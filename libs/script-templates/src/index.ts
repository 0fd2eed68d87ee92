export { LEGACY_STORES, type LegacyStore, schemaOf, templateFile, templateOf } from './templates.ts';
