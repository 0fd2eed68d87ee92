import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Chromium by the names that it goes by; Playwright's own download is never used. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The machine's Chromium, or undefined where there is none. */
export const findBrowser = (path: string): string | undefined =>
  path
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isProgram);
