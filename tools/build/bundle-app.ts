import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import type { AppName, AppPlan } from './apps.ts';
import { BANNER, outsideFiles, THREADS } from './outside-files.ts';
import { ROOT } from './paths.ts';

/** Installed nowhere here, and asked for by packages that go on without them. */
const ABSENT = ['pg-native'];

const OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  absWorkingDir: ROOT,
  banner: { js: BANNER },
  define: { 'import.meta.resolve': 'resolveBeside' },
  // Errors and database drivers are told apart by the names of their classes.
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

const bundlePrograms = (name: AppName, plan: AppPlan, folder: string, threads: Set<string>) =>
  build({
    ...OPTIONS,
    entryPoints: Object.entries(plan.programs).map(([out, entry]) => ({ in: `apps/${name}/src/${entry}`, out })),
    outdir: folder,
    splitting: true,
    chunkNames: 'chunk-[hash]',
    external: [...plan.packages, ...ABSENT],
    plugins: [outsideFiles(threads)],
  });

const bundleThread = async (entry: string, folder: string): Promise<Metafile> => {
  const outfile = join(folder, THREADS, `${basename(entry, '.ts')}.js`);
  if (existsSync(outfile)) throw new Error(`two threads are called ${basename(entry)}`);
  return (await build({ ...OPTIONS, entryPoints: [entry], outfile })).metafile;
};

/** Bundles an app's programs, and the threads and processes that they start, into the folder. Answers the files that went in, from the root. */
export const bundleApp = async (name: AppName, plan: AppPlan, folder: string): Promise<readonly string[]> => {
  const threads = new Set<string>();
  const { metafile } = await bundlePrograms(name, plan, folder, threads);
  const ofThreads = await Promise.all([...threads].sort().map((entry) => bundleThread(entry, folder)));
  return [...new Set([metafile, ...ofThreads].flatMap(({ inputs }) => Object.keys(inputs)))].sort();
};
