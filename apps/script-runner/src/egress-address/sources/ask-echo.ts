import { isIP } from 'node:net';
import { webRequest } from './web-request.ts';

/**
 * Our address as a web server sees it over one family: the whole answer, or `ip` of a JSON object.
 * @throws when it cannot be reached over that family or its answer is neither
 */
export const askEcho = async (url: URL, family: 4 | 6, signal: AbortSignal): Promise<string> => {
  // An address is connected to as itself, whatever family was asked for.
  const literal = isIP(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (literal !== 0 && literal !== family) throw new Error(`the echo endpoint has no IPv${family} address`);
  const { status, text } = await webRequest(url, {
    family,
    signal,
    headers: { accept: 'text/plain, application/json' },
  });
  if (status !== 200) throw new Error(`the echo endpoint answers with status ${status}`);
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  const { ip } = JSON.parse(trimmed) as { ip?: unknown };
  if (typeof ip !== 'string') throw new Error('the echo endpoint answers with JSON that has no "ip"');
  return ip;
};
