const CODE_NAMES: Readonly<Record<number, string>> = {
  2: 'BadValue',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  17: 'ProtocolError',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  53: 'InvalidIdField',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  72: 'InvalidOptions',
  86: 'IndexKeySpecsConflict',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  189: 'PrimarySteppedDown',
  223: 'IllegalOpMsgFlag',
  238: 'NotImplemented',
  258: 'ChecksumMismatch',
  334: 'MechanismUnavailable',
  352: 'UnsupportedOpQueryCommand',
  10107: 'NotWritablePrimary',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11602: 'InterruptedDueToReplStateChange',
  13435: 'NotPrimaryNoSecondaryOk',
};

/** The server's name of an error code, `Location…` where it has none. */
export const codeNameOf = (code: number): string => CODE_NAMES[code] ?? `Location${code}`;

/** An error of the server's: its number, and what else it says beside the text (`keyPattern`, …). */
export type CommandFailure = Error & { code: number; details: Readonly<Record<string, unknown>> };

/** An error with that number and text. */
export const failure = (
  code: number,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): CommandFailure => Object.assign(new Error(message), { code, details });

/** What a real server can do and this double cannot, said so rather than answered wrong. */
export const notInDouble = (what: string): CommandFailure => failure(238, `the MongoDB double knows no ${what}`);

/** Whether it is one of ours. */
export const isFailure = (error: unknown): error is CommandFailure =>
  error instanceof Error && 'code' in error && 'details' in error;
