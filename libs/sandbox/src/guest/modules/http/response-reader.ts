/** Reads the response to one request from its connection and makes the message of it that the script sees. */
import type { ClientRequest } from './client-request.ts';
import { IncomingMessage } from './incoming-message.ts';
import type { MarkedSocket } from './outgoing-message.ts';
import type { ParseError } from './parse-error.ts';
import { type ResponseHead, ResponseParser } from './response-parser.ts';

export const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 1000;
/** Node hands headers on in batches of so many, and only of several batches it drops what is too much. */
const BATCH = 32;

export const isInformational = (status: number): boolean => status >= 100 && status < 200 && status !== 101;

export class ResponseReader {
  incoming: IncomingMessage | null = null;
  readonly #request: ClientRequest;
  readonly #socket: MarkedSocket;
  readonly #parser: ResponseParser;

  constructor(request: ClientRequest, socket: MarkedSocket) {
    this.#request = request;
    this.#socket = socket;
    const events = {
      onHead: (head: ResponseHead) => this.#onHead(head),
      onBody: (bytes: Buffer) => this.#onBody(bytes),
      onComplete: (rawTrailers: readonly string[]) => this.#onComplete(rawTrailers),
    };
    this.#parser = new ResponseParser(events, (request.maxHeaderSize as number | undefined) || MAX_HEADER_BYTES);
  }

  execute(bytes: Buffer): number | ParseError {
    return this.#parser.execute(bytes);
  }
  finish(): void {
    this.#parser.finish();
  }
  /** Whatever still comes belongs to nobody. */
  close(): void {
    this.incoming = null;
    this.#request.parser = null;
    (this.#socket as { parser?: unknown }).parser = null;
  }

  #messageOf(head: ResponseHead): IncomingMessage {
    const message = new IncomingMessage(this.#socket);
    const { versionMajor, versionMinor, statusCode, statusMessage, upgrade } = head;
    message.httpVersionMajor = versionMajor;
    message.httpVersionMinor = versionMinor;
    message.httpVersion = `${versionMajor}.${versionMinor}`;
    message.joinDuplicateHeaders = this.#request.joinDuplicateHeaders as boolean;
    message.upgrade = upgrade;
    message.statusCode = statusCode;
    message.statusMessage = statusMessage;
    const given = this.#request.maxHeadersCount;
    const max = typeof given === 'number' ? given : MAX_HEADERS;
    const isTooMuch = max > 0 && head.rawHeaders.length > 2 * BATCH;
    const raw = isTooMuch ? head.rawHeaders.slice(0, 2 * max) : head.rawHeaders;
    message._addHeaderLines(raw, max > 0 ? Math.min(raw.length, 2 * max) : raw.length);
    return message;
  }

  #onHead(head: ResponseHead): 'body' | 'no body' | 'upgrade' {
    const request = this.#request;
    const message = this.#messageOf(head);
    this.incoming = message;
    if (request.res) {
      // A second response that nobody asked for.
      this.#socket.destroy();
      this.incoming = request.res;
      request.res._skipsData = true;
      return 'body';
    }
    if (message.upgrade || request.method === 'CONNECT') {
      request.res = message;
      message.upgrade = true;
      return 'upgrade';
    }
    if (isInformational(head.statusCode)) {
      request._onInformation(message);
      return 'no body';
    }
    request._onResponse(message, head.shouldKeepAlive);
    if (head.statusCode === 304 && request.method !== 'HEAD') message.complete = true;
    return request.method === 'HEAD' || head.statusCode === 304 ? 'no body' : 'body';
  }

  #onBody(bytes: Buffer): void {
    const { incoming } = this;
    if (incoming === null || incoming._skipsData || incoming._dumped) return;
    if (!incoming.push(bytes)) this.#socket.pause();
  }

  #onComplete(rawTrailers: readonly string[]): void {
    const { incoming } = this;
    if (incoming !== null && !incoming._skipsData) {
      incoming.complete = true;
      incoming._addHeaderLines(rawTrailers, rawTrailers.length);
      incoming.push(null);
    }
    if (this.#socket.readable) this.#socket.resume();
  }
}
