/** `import()`, of which V8 says by a plain `Error` that there is none: by such an error scripts refuse users. */
import type { ReportedError } from '../../bridge/operations.ts';

const IMPORT_CALL = /\bimport\s*\(/;
/** The code of Node's own error, and by having one no refusal. */
const CODE = 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING';
const MESSAGE = 'import() loads nothing here: take require, as in scripts in CommonJS';

/** The error as it was reported, or, where it is V8's about `import()`, with a code and with what to write instead. */
export function toldOfImport(error: ReportedError, source: string): ReportedError {
  const { name, message, code } = error;
  const isOfEngine = name === 'Error' && message === 'Not supported' && code === undefined;
  return isOfEngine && IMPORT_CALL.test(source) ? { ...error, message: MESSAGE, code: CODE } : error;
}
