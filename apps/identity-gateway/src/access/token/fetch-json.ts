const BYTES_MAX = 256 * 1024;
const FETCH_MS_MAX = 5_000;

/**
 * A JSON document of the issuer, as an object. Redirects are not followed: whom we believe is not for the network to say.
 * @throws Error when it is not had in five seconds, is larger than 256 KiB, or is no JSON object
 */
export const fetchJson = async (url: URL): Promise<Readonly<Record<string, unknown>>> => {
  const headers = { accept: 'application/json' };
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(FETCH_MS_MAX) });
  if (!response.ok || response.body === null) throw new Error(`${url.origin} answers ${response.status}`);
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > BYTES_MAX) throw new Error(`${url.origin} answers with more than ${BYTES_MAX} bytes`);
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${url.origin} answers with no JSON object`);
  return value as Readonly<Record<string, unknown>>;
};
