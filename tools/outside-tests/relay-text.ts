/** How the harness and a test file in the sandbox write to each other: a line of JSON for each message. */
type Marked = { readonly $base64?: unknown; readonly $error?: unknown; readonly $context?: unknown };
type Buffered = { readonly type?: unknown; readonly data?: unknown };

/** Bytes become `{ $base64 }`, errors `{ $error }`; `contextOf` knows what a secure context was made of. */
export const lineOf = (message: object, contextOf: (value: object) => object | undefined = () => undefined): string => {
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { type, data } = value as Buffered;
    if (type === 'Buffer') return { $base64: Buffer.from(data as number[]).toString('base64') };
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return { $base64: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64') };
    }
    if (value instanceof Error) return { $error: { ...value, message: value.message } };
    const context = contextOf(value);
    return context === undefined ? value : { $context: context };
  });
  return `${text}\n`;
};

const toError = ({ message, ...fields }: { readonly message: string }): Error =>
  Object.assign(new Error(message), fields);

/** The other way round; `makeContext` makes a secure context of its options. */
export const readLine = (line: string, makeContext: (options: object) => unknown = (options) => options): unknown =>
  JSON.parse(line, (_key, value: unknown) => {
    const { $base64, $error, $context } = (value as Marked | null) ?? {};
    if (typeof $base64 === 'string') return Buffer.from($base64, 'base64');
    if ($error !== undefined) return toError($error as { message: string });
    return $context === undefined ? value : makeContext($context as object);
  });

/** Calls `onLine` for each whole line of what it is given. */
export const lineReader = (onLine: (line: string) => void): ((text: string) => void) => {
  let begun = '';
  return (text) => {
    const lines = `${begun}${text}`.split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
};
