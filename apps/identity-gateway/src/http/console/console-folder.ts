import { fileURLToPath } from 'node:url';

/** Where the built console lies unless the configuration says otherwise; `undefined`: nowhere that is known. */
export const consoleFolder = (): string | undefined => {
  try {
    return fileURLToPath(new URL('dist/', import.meta.resolve('@userferry/console/package.json')));
  } catch {
    return undefined;
  }
};
