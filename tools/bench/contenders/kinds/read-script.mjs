import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The `login` of a script file, with what a script expects around it. */
export const readScript = (file, env) => {
  const define = new Function('require', 'env', 'console', `${readFileSync(file, 'utf8')}\nreturn login;`);
  return define(require, env, { log: () => undefined });
};
