/** Shapes of the untyped packages that the stand-ins are built on, as far as they are used here. */
declare module 'readable-stream' {
  export * from 'node:stream';
}
declare module 'buffer/' {
  export * from 'node:buffer';
}
declare module 'path-browserify' {
  const path: import('node:path').PlatformPath;
  export = path;
}
declare module 'punycode/' {
  export const toASCII: (domain: string) => string;
  export const toUnicode: (domain: string) => string;
}
declare module 'whatwg-url' {
  export const URL: typeof globalThis.URL;
  export const URLSearchParams: typeof globalThis.URLSearchParams;
}
declare module 'webidl-conversions' {
  type Conversion = (value: unknown, options?: object) => string;
  const conversions: { readonly DOMString: Conversion; USVString: Conversion };
  export = conversions;
}
declare module 'whatwg-url/lib/url-state-machine.js' {
  const machine: { basicURLParse(text: string, options?: Readonly<Record<string, unknown>>): object | null };
  export = machine;
}
declare module 'readable-stream/lib/ours/errors.js' {
  export const codes: Record<string, new (...args: unknown[]) => Error>;
}
declare module 'readable-stream/lib/ours/browser.js' {
  export { default } from 'node:stream';
}
declare module 'undici/lib/web/fetch/index.js' {
  export const fetch: (input: unknown, init?: unknown) => Promise<unknown>;
}
declare module 'undici/lib/web/fetch/formdata.js' {
  export const FormData: typeof globalThis.FormData;
}
declare module 'undici/lib/web/fetch/headers.js' {
  export const Headers: typeof globalThis.Headers;
}
declare module 'undici/lib/web/fetch/request.js' {
  export const Request: typeof globalThis.Request;
}
declare module 'undici/lib/web/fetch/response.js' {
  export const Response: typeof globalThis.Response;
}
declare module 'undici/lib/core/errors.js' {
  export class SocketError extends Error {
    constructor(message: string, socket?: object);
  }
  export class ConnectTimeoutError extends Error {}
  export class HTTPParserError extends Error {}
}
declare module 'undici/lib/core/util.js' {
  export const getSocketInfo: (socket: object) => object;
}
declare module 'undici/lib/core/request.js' {
  /** One request of undici's clients: checks what it is made of and hands on what happens to it. */
  class Request {
    constructor(origin: string, options: object, handler: object);
    readonly origin: string;
    readonly path: string;
    readonly method: string;
    readonly host: string | null;
    readonly servername: string | null;
    readonly headers: readonly (string | readonly string[])[];
    readonly contentLength: number | null;
    readonly body: unknown;
    readonly reset: boolean | null;
    readonly aborted: boolean;
    onConnect(abort: (reason: Error) => void): void;
    onHeaders(status: number, headers: readonly Buffer[], resume: () => void, statusText: string): boolean | undefined;
    onData(bytes: Buffer): boolean | undefined;
    onComplete(trailers: readonly unknown[]): void;
    onError(error: unknown): void;
  }
  export = Request;
}

declare module 'whatwg-url/lib/URL-impl.js' {
  export const implementation: object;
}

declare module 'whatwg-url/lib/URLSearchParams-impl.js' {
  export const implementation: object;
}
