import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@cloudflare/workerd-linux-64',
  'linux-arm64': '@cloudflare/workerd-linux-arm64',
  'darwin-x64': '@cloudflare/workerd-darwin-64',
  'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
};

const { resolve } = createRequire(import.meta.url);

/** The path of workerd's program, which its package for this platform brings. */
export const findWorkerd = (): string => {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    const own = createRequire(resolve('workerd'));
    const path = own.resolve(`${name}/bin/workerd`);
    if (existsSync(path)) return path;
  } catch {
    // Told below.
  }
  throw new Error(`workerd has no program for ${process.platform}-${process.arch} here: is ${name} installed?`);
};
