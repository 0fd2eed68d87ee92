import { CUSTOM_ROWS } from './custom-rows.ts';
import { LAZY_ROWS } from './lazy-rows.ts';
import { LOCAL_ROWS } from './local-rows.ts';
import type { Row } from './row.ts';

/** Every call in every mode. docs/calls.md is this table's rendering, and a test runs each of its rows. */
export const CALL_TABLE: readonly Row[] = [...LAZY_ROWS, ...CUSTOM_ROWS, ...LOCAL_ROWS];
