/** The outline of HTTP/1.1 messages in one direction: their heads, and where they end. Strict: what is doubtful is lost. */

export type HttpHead = {
  /** The first line. */
  readonly line: string;
  /** By names in small letters; what came more than once is joined by commas. */
  readonly fields: ReadonlyMap<string, string>;
};
/** What follows a head: so many bytes, chunks, or something that cannot be followed. */
export type HttpBody = number | 'chunks' | 'lost';

export type HttpReader = {
  push(bytes: Buffer): void;
  /** Whether the last message is whole. */
  isBetween(): boolean;
  /** Whether something came that cannot be followed; nothing is read from there on. */
  isLost(): boolean;
};

const HEAD_BYTES_MAX = 32 * 1024;
const LINE_BYTES_MAX = 256;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/;

function headOf(bytes: Buffer): HttpHead | undefined {
  const [line = '', ...lines] = bytes.toString('latin1').split('\r\n');
  const fields = new Map<string, string>();
  for (const text of lines) {
    const [, name = '', value = ''] = FIELD.exec(text) ?? [];
    if (name === '') return undefined;
    const before = fields.get(name.toLowerCase());
    fields.set(name.toLowerCase(), before === undefined ? value.trim() : `${before}, ${value.trim()}`);
  }
  return /[\r\n\0]/.test(line + [...fields.values()].join('')) ? undefined : { line, fields };
}

/** As the head tells; nothing where it is silent. */
export function bodyOf({ fields }: HttpHead): HttpBody | undefined {
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (coding !== undefined) return coding.toLowerCase() === 'chunked' && length === undefined ? 'chunks' : 'lost';
  if (length === undefined) return undefined;
  return /^\d{1,15}$/.test(length) ? Number(length) : 'lost';
}

type State = 'head' | 'bytes' | 'size' | 'chunk' | 'trailers' | 'lost';

/** `onHead` says what follows a head; `onEnd` is called when a message is whole. */
export function createHttpReader(onHead: (head: HttpHead) => HttpBody, onEnd: () => void): HttpReader {
  let state: State = 'head';
  let gathered: Buffer = Buffer.alloc(0);
  let left = 0;

  const end = (): void => {
    state = 'head';
    onEnd();
  };
  const begin = (body: HttpBody): void => {
    if (body === 'lost') state = 'lost';
    else if (body === 0) end();
    else {
      state = body === 'chunks' ? 'size' : 'bytes';
      left = body === 'chunks' ? 0 : body;
    }
  };
  const onSize = (line: string): void => {
    const [, size] = /^([0-9a-f]{1,8})(?:;[^\r\n]*)?$/i.exec(line) ?? [];
    left = Number.parseInt(size ?? '', 16);
    if (size === undefined) state = 'lost';
    else state = left === 0 ? 'trailers' : 'chunk';
    // With the end of line behind the chunk.
    left += LINE_END.length;
  };
  /** Takes bytes up to `mark` out of those that come; what stands before it, once it is there. */
  const gather = (bytes: Buffer, mark: Buffer, max: number): { readonly found?: Buffer; readonly rest: Buffer } => {
    const from = gathered.length;
    gathered = from === 0 ? bytes : Buffer.concat([gathered, bytes]);
    const at = gathered.indexOf(mark, Math.max(0, from - mark.length));
    if (at > max || (at < 0 && gathered.length > max)) state = 'lost';
    if (at < 0 || state === 'lost') return { rest: Buffer.alloc(0) };
    const found = gathered.subarray(0, at);
    const rest = gathered.subarray(at + mark.length);
    gathered = Buffer.alloc(0);
    return { found, rest };
  };
  const takeHead = (bytes: Buffer): Buffer => {
    const { found, rest } = gather(bytes, HEAD_END, HEAD_BYTES_MAX);
    const head = found && headOf(found);
    if (head !== undefined) begin(onHead(head));
    else if (found !== undefined) state = 'lost';
    return rest;
  };
  const takeLine = (bytes: Buffer): Buffer => {
    const { found, rest } = gather(bytes, LINE_END, LINE_BYTES_MAX);
    if (found === undefined) return rest;
    if (state === 'size') onSize(found.toString('latin1'));
    else if (found.length === 0) end();
    return rest;
  };
  const skip = (bytes: Buffer): Buffer => {
    const skipped = Math.min(left, bytes.length);
    if (state === 'chunk' && !endsAsChunk(bytes.subarray(0, skipped))) state = 'lost';
    left -= skipped;
    if (left === 0 && state === 'chunk') state = 'size';
    else if (left === 0 && state === 'bytes') end();
    return bytes.subarray(skipped);
  };
  /** The two bytes behind a chunk are an end of line, and nothing that another reader might take for a chunk. */
  const endsAsChunk = (bytes: Buffer): boolean =>
    [...LINE_END].every((byte, index) => {
      const at = left - LINE_END.length + index;
      return at < 0 || at >= bytes.length || bytes[at] === byte;
    });

  return {
    isBetween: () => state === 'head' && gathered.length === 0,
    isLost: () => state === 'lost',
    push(bytes) {
      let rest = bytes;
      while (rest.length > 0 && state !== 'lost') {
        if (state === 'head') rest = takeHead(rest);
        else if (state === 'size' || state === 'trailers') rest = takeLine(rest);
        else rest = skip(rest);
      }
    },
  };
}
