/** The headers of a message on its way out, and what they say of its framing and its connection. */
import { invalidArgType, validateString } from '../node-errors.ts';
import { stream } from '../stream.ts';
import { createHeaderList, type Header, type HeaderValue } from './header-list.ts';
import { headersOf, writeHead } from './message-head.ts';
import { headersSent, validateContent, validateHeaderName } from './validate.ts';

export class HeadedMessage extends stream.Stream {
  _last = false;
  chunkedEncoding = false;
  shouldKeepAlive = true;
  maxRequestsOnConnectionReached = false;
  _defaultKeepAlive = true;
  useChunkedEncodingByDefault = true;
  sendDate = false;
  _removedConnection = false;
  _removedContLen = false;
  _removedTE = false;
  strictContentLength = false;
  _contentLength: number | null = null;
  _hasBody = true;
  _trailer = '';
  finished = false;
  _headerSent = false;
  _closed = false;
  _header: string | null = null;
  _keepAliveTimeout = 0;
  readonly #headers = createHeaderList(this);
  #unique: ReadonlySet<string> | null = null;

  get headersSent(): boolean {
    return this._header !== null;
  }

  _isLenientHeaderValidation(): boolean {
    return false;
  }

  /** Headers whose values are joined into one line. */
  _setUnique(names: unknown): void {
    this.#unique = Array.isArray(names) ? new Set(names.map((name) => String(name).toLowerCase())) : null;
  }
  _isUnique(lowerCase: string): boolean {
    return this.#unique?.has(lowerCase) === true;
  }

  setHeader(name: string, value: HeaderValue): this {
    this.#headers.set(name, value);
    return this;
  }

  setHeaders(headers: Iterable<Header> & { keys(): unknown; get(name: string): unknown }): this {
    if (this._header !== null) throw headersSent('set');
    if (!headers || Array.isArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
      throw invalidArgType('headers', 'an instance of Headers or Map', headers);
    }
    const cookies: string[] = [];
    for (const [name, value] of headers) {
      if (name === 'set-cookie') cookies.push(...([value].flat() as string[]));
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies);
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    this.#headers.append(name, value);
    return this;
  }
  getHeader(name: string): HeaderValue | undefined {
    validateString(name, 'name');
    return this.#headers.get(name);
  }
  hasHeader(name: string): boolean {
    validateString(name, 'name');
    return this.#headers.has(name);
  }

  removeHeader(name: string): void {
    validateString(name, 'name');
    if (this._header !== null) throw headersSent('remove');
    const key = name.toLowerCase();
    if (key === 'connection') this._removedConnection = true;
    else if (key === 'content-length') this._removedContLen = true;
    else if (key === 'transfer-encoding') this._removedTE = true;
    else if (key === 'date') this.sendDate = false;
    this.#headers.remove(name);
  }

  getHeaders(): Record<string, HeaderValue> {
    const headers: Record<string, HeaderValue> = Object.create(null);
    for (const [key, [, value]] of this.#headers.entries()) headers[key] = value;
    return headers;
  }
  getHeaderNames(): string[] {
    return this.#headers.entries().map(([key]) => key);
  }
  getRawHeaderNames(): string[] {
    return this.#headers.entries().map(([, [name]]) => name);
  }

  addTrailers(headers: object): void {
    this._trailer = '';
    for (const [name, value] of (Array.isArray(headers) ? headers : Object.entries(headers)) as Header[]) {
      validateHeaderName(name, 'Trailer name');
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      for (const one of this._isUnique(name.toLowerCase()) ? [list.join('; ')] : list) {
        validateContent('trailer content', name, one, this._isLenientHeaderValidation());
        this._trailer += `${name}: ${one}\r\n`;
      }
    }
  }

  /** Makes the head of the headers that were set, or of `given`; true when it must go out at once. */
  protected _makeHead(firstLine: string, given: unknown): boolean {
    const headers = given === undefined ? this.#headers.entries().map(([, header]) => header) : headersOf(given);
    const { head, isUrgent } = writeHead(this, firstLine, headers, given === undefined);
    this._header = head;
    this._headerSent = false;
    return isUrgent;
  }
}
