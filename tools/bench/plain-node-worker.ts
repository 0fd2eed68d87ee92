import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The other side of `startPlainNode`: the same script file, in a Node process that keeps nothing between runs. */
type Ask = { readonly id: number; readonly args: readonly unknown[] };

const [file = '', envJson = '{}'] = process.argv.slice(2);
/** Drivers that are installed under another name, beside others of their kind. */
const INSTALLED: Readonly<Record<string, string>> = { mongodb: 'mongodb-6' };
const find = createRequire(import.meta.url);
const require = (name: string): unknown => find(INSTALLED[name] ?? name);
const define = new Function('require', 'env', 'console', `${readFileSync(file, 'utf8')}\nreturn login;`);
const silent = { log: () => undefined };
const login = define(require, JSON.parse(envJson), silent) as (...args: readonly unknown[]) => Promise<unknown>;

process.on('message', ({ id, args }: Ask) => {
  login(...args).then(
    (result) => process.send?.({ id, result }),
    (error: Error) => process.send?.({ id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
