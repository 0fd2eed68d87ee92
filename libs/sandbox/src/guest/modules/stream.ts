import stream from 'readable-stream/lib/ours/browser.js';

export { stream };
export const { Duplex, Readable, Writable, Transform, PassThrough } = stream;
