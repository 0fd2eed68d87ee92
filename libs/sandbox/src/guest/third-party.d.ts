/** Shapes of the untyped packages that the stand-ins are built on, as far as they are used here. */
declare module 'readable-stream' {
  export * from 'node:stream';
}
declare module 'events/' {
  export { EventEmitter } from 'node:events';
}
declare module 'buffer/' {
  export * from 'node:buffer';
}
declare module 'string_decoder/' {
  export * from 'node:string_decoder';
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
declare module 'readable-stream/lib/ours/browser.js' {
  export { default } from 'node:stream';
}
