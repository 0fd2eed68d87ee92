import { settingsPlace, sourcePlace, writtenPlace } from '../repositories/connections/connection-versions.ts';
import { detailsPlace } from '../repositories/history/script-runs.ts';

/** Where sealed values are, what names their rows, and the place that each was sealed to. */
export type SealedColumn = {
  readonly table: string;
  readonly column: string;
  /** The primary key, with its types for a comparison. */
  readonly key: readonly (readonly [name: string, type: string])[];
  readonly place: (key: readonly string[]) => string;
};

const at = (key: readonly string[], place: number): string => key[place] ?? '';

/** Everything that is sealed. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'connection_versions',
    column: 'sealed_settings',
    key: [
      ['connection_id', 'uuid'],
      ['version', 'int4'],
    ],
    place: (key) => settingsPlace(at(key, 0), Number(at(key, 1))),
  },
  { table: 'scripts', column: 'sealed_source', key: [['id', 'uuid']], place: (key) => sourcePlace(at(key, 0)) },
  { table: 'scripts', column: 'sealed_written', key: [['id', 'uuid']], place: (key) => writtenPlace(at(key, 0)) },
  {
    table: 'script_runs',
    column: 'sealed_details',
    key: [
      ['user_pool_id', 'uuid'],
      ['run_id', 'text'],
    ],
    place: (key) => detailsPlace(at(key, 0), at(key, 1)),
  },
];
