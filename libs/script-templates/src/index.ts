export { LEGACY_STORES, type LegacyStore, schemaOf, templateOf } from './templates.ts';
