/** `TextEncoderStream` and `TextDecoderStream`. */
import { type ReadableStream, TransformStream, type WritableStream } from 'web-streams-polyfill';

/** A high surrogate at the end of a piece waits for its other half. */
const HALF_AT_END = /[\uD800-\uDBFF]$/;

export class TextEncoderStream {
  readonly #transform: TransformStream;
  constructor() {
    const encoder = new TextEncoder();
    let half = '';
    this.#transform = new TransformStream({
      transform(chunk: unknown, controller) {
        const text = half + String(chunk);
        half = HALF_AT_END.exec(text)?.[0] ?? '';
        const whole = text.slice(0, text.length - half.length);
        if (whole !== '') controller.enqueue(encoder.encode(whole));
      },
      flush(controller) {
        if (half !== '') controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
      },
    });
  }
  get encoding(): string {
    return 'utf-8';
  }
  get readable(): ReadableStream {
    return this.#transform.readable;
  }
  get writable(): WritableStream {
    return this.#transform.writable;
  }
  get [Symbol.toStringTag](): string {
    return 'TextEncoderStream';
  }
}

export class TextDecoderStream {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #transform: TransformStream;
  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    this.#transform = new TransformStream({
      transform(chunk: Uint8Array, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }
  get encoding(): string {
    return this.#decoder.encoding;
  }
  get fatal(): boolean {
    return this.#decoder.fatal;
  }
  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }
  get readable(): ReadableStream {
    return this.#transform.readable;
  }
  get writable(): WritableStream {
    return this.#transform.writable;
  }
  get [Symbol.toStringTag](): string {
    return 'TextDecoderStream';
  }
}
