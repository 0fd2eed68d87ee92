import type { Page } from 'playwright-core';

/** What a page did that it should not have. */
export type PageFaults = { readonly errors: readonly string[]; readonly foreign: readonly string[] };

/** A refused call is an answer that the page shows, and no fault of it; Chromium reports it nevertheless. */
const REFUSED_CALL = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;

/** Hears what the page complains of (its own policy being broken included), and whom it asks beside its server. */
export const watchPage = (page: Page, origin: string): PageFaults => {
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED_CALL.test(message.text())) errors.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) foreign.push(url);
  });
  return { errors, foreign };
};
