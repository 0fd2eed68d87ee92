import { findBrowser } from './find-browser.ts';

/** The machine's Chromium; the suites are skipped without. */
export const BROWSER = findBrowser(process.env.PATH ?? '');
