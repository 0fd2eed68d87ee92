import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type WebAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

export type WebRequest = Pick<RequestOptions, 'method' | 'headers' | 'family'> & { readonly signal: AbortSignal };

/** An address is short; so is what a metadata service says of a network. */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * One request on a connection of its own, as a script's would be: through no proxy, following no redirect, over the
 * family that is asked for.
 */
export const webRequest = (url: URL, options: WebRequest): Promise<WebAnswer> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, { ...options, agent: false }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > BODY_BYTES_MAX) request.destroy(new Error(`the answer is longer than ${BODY_BYTES_MAX} bytes`));
        parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    request.on('error', reject).end();
  });
