import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the program in a built service; in a checkout where the console's own build puts it. */
const PLACES = ['files/console', '../../../../console/dist'];

/** Where the console lies unless the configuration says otherwise; `undefined`: it is not built. */
export const consoleFolder = (): string | undefined =>
  PLACES.map((place) => join(import.meta.dirname, place)).find((folder) => existsSync(join(folder, 'index.html')));
