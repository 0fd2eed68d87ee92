/** `process.emitWarning`: the event `warning`, at the next tick. Nothing is written anywhere. */
import { nextTick } from '../../ticks.ts';
import { invalidArgType } from '../node-errors.ts';

type Options = { readonly type?: unknown; readonly code?: unknown; readonly detail?: unknown };
type Given = { readonly type: unknown; readonly code: unknown; readonly detail: unknown };

function givenOf(type: unknown, code: unknown): Given {
  if (typeof type === 'object' && type !== null && !Array.isArray(type)) {
    const options = type as Options;
    return { type: options.type || 'Warning', code: options.code, detail: options.detail };
  }
  if (typeof type === 'function') return { type: 'Warning', code: undefined, detail: undefined };
  return { type: type ?? 'Warning', code: typeof code === 'function' ? undefined : code, detail: undefined };
}

function warningOf(warning: unknown, { type, code, detail }: Given): Error {
  if (typeof type !== 'string') throw invalidArgType('type', 'of type string', type);
  if (code !== undefined && typeof code !== 'string') throw invalidArgType('code', 'of type string', code);
  if (warning instanceof Error) return warning;
  if (typeof warning !== 'string') {
    throw invalidArgType('warning', 'of type string or an instance of Error', warning);
  }
  const made = Object.assign(new Error(warning), { name: type });
  if (code !== undefined) Object.assign(made, { code });
  if (typeof detail === 'string') Object.assign(made, { detail });
  return made;
}

type Emits = { emit(name: string, ...args: unknown[]): boolean; readonly noDeprecation?: unknown };

/** The function for the `process` that `emitter` returns. */
export const createEmitWarning =
  (emitter: () => Emits) =>
  (warning: unknown, type?: unknown, code?: unknown): void => {
    const made = warningOf(warning, givenOf(type, code));
    if (made.name === 'DeprecationWarning' && emitter().noDeprecation) return;
    nextTick(() => void emitter().emit('warning', made));
  };
