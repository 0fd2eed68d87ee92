import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a file of cases is called where nobody names one. */
export const CASES_NAMES = ['cases.yaml', 'cases.yml', 'cases.json'] as const;

/** The name of a folder's file of cases. */
export const casesIn = (folder: string): string | undefined =>
  CASES_NAMES.find((candidate) => existsSync(join(folder, candidate)));
