import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { copyTo, filesBelow } from './copy-files.ts';
import { lockedPackages } from './lockfile.ts';
import { FILES } from './outside-files.ts';
import { ROOT } from './paths.ts';

const CONSOLE = join(ROOT, 'apps/console');
const TYPES = join(ROOT, 'libs/script-types');

const isServed = (file: string): boolean => !file.startsWith('.') && file !== 'manifest.json';

/** In this order: the page's editor has the types of scripts in it. Each does nothing where what it makes is current. */
const BUILDS = [TYPES, CONSOLE].map((workspace) => join(workspace, 'build/main.ts'));

/** Builds the console's page where it is stale, and puts it where identity-gateway looks for it. */
export const copyConsole = (folder: string): void => {
  for (const build of BUILDS)
    execFileSync(process.execPath, [build], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const dist = join(CONSOLE, 'dist');
  for (const file of filesBelow(dist).filter(isServed)) copyTo(join(dist, file), join(folder, FILES, 'console', file));
};

const readManifest = (workspace: string) =>
  z
    .object({
      dependencies: z.record(z.string(), z.string()).default({}),
      devDependencies: z.record(z.string(), z.string()).default({}),
    })
    .parse(JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')));

const placesOf = (names: readonly string[], workspace: string): string[] => {
  const others = names.filter((name) => !name.startsWith('@userferry/'));
  return Object.keys(lockedPackages(others, workspace)).map((place) => `${place}/package.json`);
};

/**
 * The packages that the page may be made of, those whose declarations its editor knows among them: all that its own need,
 * whether or not a line of each is left in it.
 */
export const packagesOfConsole = (): string[] => [
  ...placesOf(Object.keys(readManifest(CONSOLE).dependencies), CONSOLE),
  ...placesOf(Object.keys(readManifest(TYPES).devDependencies), TYPES),
];
