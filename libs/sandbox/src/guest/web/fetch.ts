/**
 * `fetch` and its classes: undici's own, of the version that is built into the Node that runs us. Only what is below it
 * is ours: `dispatcher.ts` stands where undici would speak HTTP through WebAssembly.
 */
import { fetch as fetchOfUndici } from 'undici/lib/web/fetch/index.js';

export { FormData } from 'undici/lib/web/fetch/formdata.js';
export { Headers } from 'undici/lib/web/fetch/headers.js';
export { Request } from 'undici/lib/web/fetch/request.js';
export { Response } from 'undici/lib/web/fetch/response.js';

/** As in Node, an error shows where `fetch` was called, and not where undici made it. */
async function located(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (typeof error === 'object' && error !== null) Error.captureStackTrace(error, located);
    throw error;
  }
}

export function fetch(input: unknown, init: unknown = undefined): Promise<unknown> {
  return located(fetchOfUndici(input, init));
}
