/** The package's errors inherit their code; Node's own it. To be loaded before the package's other files. */
import { codes } from 'readable-stream/lib/ours/errors.js';

/** What may be written, in today's words. */
const CHUNKS: unknown = ['string', 'Buffer', 'TypedArray', 'DataView'];

for (const [code, Plain] of Object.entries(codes)) {
  codes[code] = class extends Plain {
    readonly code: string;
    constructor(...args: unknown[]) {
      const isChunk = code === 'ERR_INVALID_ARG_TYPE' && args[0] === 'chunk' && Array.isArray(args[1]);
      super(...(isChunk ? [args[0], CHUNKS, ...args.slice(2)] : args));
      this.code = code;
    }
  };
}
