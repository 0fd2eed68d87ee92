/** `util`, as Node documents it, with the checks that Node 12 still had. */
import { console as runConsole } from '../globals/console.ts';
import { invalidArgType, notAvailable, validateString } from './node-errors.ts';
import { withoutControls } from './util/control-characters.ts';
import { isDeepEqual } from './util/deep-equal.ts';
import { debuglog, deprecate, inherits } from './util/deprecate.ts';
import { diff } from './util/diff.ts';
import { createFormat } from './util/format.ts';
import { inspect } from './util/inspect.ts';
import { MIMEParams, MIMEType } from './util/mime-type.ts';
import { oldChecks } from './util/old-checks.ts';
import { parseArgs } from './util/parse-args.ts';
import { callbackify, promisify } from './util/promisify.ts';
import { styleText } from './util/style-text.ts';
import { systemErrors } from './util/system-errors.ts';
import { types } from './util/types.ts';

function extend(target: object, source: unknown): object {
  return typeof source === 'object' && source !== null ? Object.assign(target, source) : target;
}

/** Resolves when the signal is aborted; it may do so while nobody holds the resource any more. */
function aborted(signal: AbortSignal, resource: object): Promise<unknown> {
  if (!(signal instanceof AbortSignal))
    return Promise.reject(invalidArgType('signal', 'an instance of AbortSignal', signal));
  if (typeof resource !== 'object' || resource === null) {
    return Promise.reject(invalidArgType('resource', 'of type object', resource));
  }
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

const LINE =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:'([^']*)'|"([^"]*)"|`([^`]*)`|([^#\n]*?))[ \t]*(?:#.*)?$/gm;

/** The variables that the text of a `.env` file sets. */
function parseEnv(content: string): Record<string, string> {
  validateString(content, 'content');
  const found = [...content.replaceAll('\r', '').matchAll(LINE)];
  return Object.fromEntries(
    found.map(([, name, single, double, tick, plain]) => [
      name,
      single ?? double?.replaceAll('\\n', '\n') ?? tick ?? plain ?? '',
    ]),
  );
}

function stripVTControlCharacters(text: string): string {
  validateString(text, 'str');
  return withoutControls(text);
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function timeOfDay(): string {
  const now = new Date();
  return `${now.getDate()} ${MONTHS[now.getMonth()]} ${now.toTimeString().slice(0, 8)}`;
}

const formats = createFormat(inspect);

export const util = {
  ...systemErrors,
  ...oldChecks,
  ...formats,
  _extend: extend,
  aborted,
  callbackify,
  convertProcessSignalToExitCode: notAvailable('util.convertProcessSignalToExitCode'),
  debug: debuglog,
  debuglog,
  deprecate,
  diff,
  getCallSites: notAvailable('util.getCallSites'),
  inherits,
  inspect,
  isDeepStrictEqual: (one: unknown, other: unknown, skipPrototypes?: boolean) =>
    isDeepEqual(one, other, skipPrototypes ? 'strict but for prototypes' : 'strict'),
  log: (...args: unknown[]) => runConsole.log('%s - %s', timeOfDay(), formats.format(...args)),
  MIMEParams,
  MIMEType,
  parseArgs,
  parseEnv,
  promisify,
  setTraceSigInt: notAvailable('util.setTraceSigInt'),
  stripVTControlCharacters,
  styleText,
  TextDecoder: globalThis.TextDecoder,
  TextEncoder: globalThis.TextEncoder,
  toUSVString: (text: unknown) => `${text}`.toWellFormed(),
  transferableAbortController: notAvailable('util.transferableAbortController'),
  transferableAbortSignal: notAvailable('util.transferableAbortSignal'),
  types,
};
