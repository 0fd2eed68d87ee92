/** The same script in the isolate and in plain Node with the same packages: what it sees must be equal. */
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import type { RunOptions, TestHost } from './start-host.ts';

type Login = (...args: unknown[]) => Promise<unknown>;
type Env = Readonly<Record<string, string>>;

/**
 * For the bodies of both sides: `show` makes values that JSON would blur distinct, `attempt` gives what a call threw
 * with all its fields, `trace` the events of an emitter in order.
 */
const PRELUDE = `
const show = (value, above = []) => {
  if (value === undefined) return 'undefined';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value + 'n';
  if (typeof value === 'function') return 'function ' + value.name;
  if (value instanceof Date) return 'Date ' + (Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString());
  if (Buffer.isBuffer(value)) return 'Buffer ' + value.toString('hex');
  if (value instanceof Error) return showError(value);
  if (above.includes(value)) return 'circular';
  const inner = (one) => show(one, [...above, value]);
  if (Array.isArray(value)) return value.map(inner);
  const entries = Object.keys(value).map((key) => [key, inner(value[key])]);
  const name = value.constructor && value.constructor.name;
  return Object.fromEntries(name && name !== 'Object' ? [['is a', name], ...entries] : entries);
};
const showError = (error) => {
  const fields = {};
  for (const key of Object.keys(error)) if (key !== 'stack') fields[key] = error[key] instanceof Error ? showError(error[key]) : show(error[key]);
  // In OpenSSL's texts there is the number of a thread.
  return { ...fields, name: error.name, message: String(error.message).replace(/[0-9A-F]{8,}:(?=error:)/, '') };
};
const attempt = async (call) => { try { return ['fine', show(await call())] } catch (error) { return ['threw', showError(error)] } };
const trace = (emitter, names, seen = []) => {
  for (const name of names) emitter.on(name, (...args) => seen.push([name, ...args.map((arg) => arg instanceof Error ? showError(arg) : typeof arg === 'boolean' ? arg : typeof arg)]));
  return seen;
};
`;

type SameOptions = RunOptions & {
  /** Called when plain Node has run and the isolate has not. */
  readonly beforeIsolate?: () => void;
  /** Both are begun at once: for what waits most of its time, and cannot tell who else asks. */
  readonly together?: boolean;
};

export type SideBySide = {
  /** Runs a body in both; what it returns must be equal and not nothing. */
  expectSame(body: string, options?: SameOptions): Promise<void>;
  /** The same; resolves with what both returned. */
  sameResult(body: string, options?: SameOptions): Promise<unknown>;
  /** Runs a body in the isolate alone; resolves with what it returns. */
  inIsolate(body: string, options?: RunOptions): Promise<unknown>;
};

/** What plain Node loads in the place of a package, where its name there is another. */
type NodePackages = Readonly<Record<string, string>>;

const requireInNode =
  (packages: NodePackages) =>
  (name: string): unknown =>
    createRequire(import.meta.url)(packages[name] ?? name);

/** `env` is what the scripts see on both sides. */
export function createSideBySide(
  host: () => TestHost,
  env: () => Env = () => ({}),
  packages: NodePackages = {},
): SideBySide {
  const sourceOf = (body: string): string => `${PRELUDE}\nasync function login(...args) { ${body} }`;
  const inNode = async (body: string, args: readonly unknown[]): Promise<unknown> => {
    const make = new Function('require', 'env', `${sourceOf(body)}\n;return login`);
    const login = make(requireInNode(packages), env()) as Login;
    return JSON.parse(JSON.stringify((await login(...args)) ?? null));
  };
  const inIsolate = async (body: string, options: RunOptions = {}): Promise<unknown> => {
    const run = await host().run(sourceOf(body), { timeoutMs: 20_000, env: env(), ...options });
    const { outcome, resultJson, error } = run;
    if (outcome !== 'completed') throw new Error(`${outcome}: ${error?.name} ${error?.message} at ${error?.line}`);
    return JSON.parse(resultJson as string);
  };
  const sameResult = async (
    body: string,
    { beforeIsolate, together = false, ...options }: SameOptions = {},
  ): Promise<unknown> => {
    const begun = together ? inIsolate(body, options) : undefined;
    begun?.catch(() => undefined);
    const expected = await inNode(body, options.args ?? []);
    expect(expected).not.toBeNull();
    beforeIsolate?.();
    expect(await (begun ?? inIsolate(body, options))).toEqual(expected);
    return expected;
  };
  return {
    inIsolate,
    sameResult,
    expectSame: async (body, options) => void (await sameResult(body, options)),
  };
}
