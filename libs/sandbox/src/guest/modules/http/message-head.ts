/** Writes the head of a message: its headers, and those that its framing and its connection need. */
import { Buffer } from '../buffer.ts';
import { invalidArgValue, nodeError } from '../node-errors.ts';
import type { HeadedMessage } from './headed-message.ts';
import type { Header, HeaderValue } from './header-list.ts';
import { validateHeaderName, validateHeaderValue } from './validate.ts';

/** What the headers that were given speak of. */
type Told = { connection: boolean; length: boolean; encoding: boolean; expect: boolean; trailer: boolean };

/** The headers given as a flat list, as pairs or as an object. */
export function headersOf(given: unknown): readonly Header[] {
  if (!Array.isArray(given)) return Object.entries((given ?? {}) as Record<string, HeaderValue>);
  if (Array.isArray(given[0])) return given as Header[];
  if (given.length % 2 !== 0) throw invalidArgValue('headers', given);
  return Array.from({ length: given.length / 2 }, (_, at) => [given[2 * at], given[2 * at + 1]] as Header);
}

function heed(message: HeadedMessage, told: Told, name: string, value: string): void {
  if (name === 'connection') {
    told.connection = true;
    message._removedConnection = false;
    if (/(?:^|\W)close(?:$|\W)/i.test(value)) message._last = true;
    else message.shouldKeepAlive = true;
  } else if (name === 'transfer-encoding') {
    told.encoding = true;
    message._removedTE = false;
    if (/(?:^|\W)chunked(?:$|\W)/i.test(value)) message.chunkedEncoding = true;
  } else if (name === 'content-length') {
    told.length = true;
    message._contentLength = Number(value);
    message._removedContLen = false;
  } else if (name === 'expect' || name === 'trailer') told[name] = true;
  else if (name === 'keep-alive') message._defaultKeepAlive = false;
}

/** A file name in UTF-8 that was given as Latin-1 goes out as it was meant. */
const dispositionOf = (value: unknown): string => Buffer.from(value as string, 'latin1').toString();

/** The lines that one header makes: more than one for a list, but never for cookies and headers said to be unique. */
function linesOf(message: HeadedMessage, [name, given]: Header): readonly unknown[] {
  const key = String(name).toLowerCase();
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const values = key === 'content-disposition' && message._contentLength ? list.map(dispositionOf) : list;
  const isOne = Array.isArray(given) && ((values.length > 1 && key === 'cookie') || message._isUnique(key));
  return isOne ? [values.join('; ')] : values;
}

function connectionLine(message: HeadedMessage, told: Told): string {
  if (message._removedConnection) {
    message._last = !message.shouldKeepAlive;
    return '';
  }
  if (told.connection) return '';
  const { agent } = message as { agent?: unknown };
  if (message.shouldKeepAlive && (told.length || message.useChunkedEncodingByDefault || agent)) {
    return 'Connection: keep-alive\r\n';
  }
  message._last = true;
  return 'Connection: close\r\n';
}

function framingLine(message: HeadedMessage, told: Told): string {
  if (told.length || told.encoding) return '';
  if (!message._hasBody) message.chunkedEncoding = false;
  else if (!message.useChunkedEncodingByDefault) message._last = true;
  else if (!told.trailer && !message._removedContLen && typeof message._contentLength === 'number') {
    return `Content-Length: ${message._contentLength}\r\n`;
  } else if (!message._removedTE) {
    message.chunkedEncoding = true;
    return 'Transfer-Encoding: chunked\r\n';
  } else message._last = true;
  return '';
}

/** The whole head with the empty line after it, and whether it must go out at once. Throws for invalid headers. */
export function writeHead(
  message: HeadedMessage,
  firstLine: string,
  headers: readonly Header[],
  isChecked: boolean,
): { readonly head: string; readonly isUrgent: boolean } {
  const told: Told = { connection: false, length: false, encoding: false, expect: false, trailer: false };
  let head = firstLine;
  for (const header of headers) {
    const [name] = header;
    if (!isChecked) validateHeaderName(name);
    for (const value of linesOf(message, header)) {
      if (!isChecked) validateHeaderValue(name, value, message._isLenientHeaderValidation());
      head += `${name}: ${value}\r\n`;
      heed(message, told, name.toLowerCase(), String(value));
    }
  }
  head += connectionLine(message, told) + framingLine(message, told);
  if (!message.chunkedEncoding && told.trailer) {
    throw nodeError(Error, 'ERR_HTTP_TRAILER_INVALID', 'Trailers are invalid with this transfer encoding');
  }
  return { head: `${head}\r\n`, isUrgent: told.expect };
}
