/** Makes `dist/runtime`: everything that an isolate host needs, in one folder that can be copied anywhere. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { makeBundles } from './bundles.ts';
import { makeCodeCaches } from './code-caches.ts';
import { makeHostCodeCache } from './host-code-cache.ts';
import { hashInputs, isUpToDate, writeManifest } from './manifest.ts';
import { copyNativeModules } from './native-modules.ts';
import { writeOfferedModules } from './offered-modules.ts';
import { DRAFT, RUNTIME } from './paths.ts';

/** Puts the whole draft in the place of what was there. */
function publish(): void {
  const old = `${DRAFT}.old`;
  if (existsSync(RUNTIME)) renameSync(RUNTIME, old);
  renameSync(DRAFT, RUNTIME);
  rmSync(old, { recursive: true, force: true });
}

async function make(inputs: string): Promise<void> {
  mkdirSync(DRAFT, { recursive: true });
  try {
    await makeBundles();
    writeOfferedModules();
    copyNativeModules();
    makeCodeCaches();
    await makeHostCodeCache();
    writeManifest(inputs);
    publish();
  } finally {
    rmSync(DRAFT, { recursive: true, force: true });
  }
}

const inputs = hashInputs();
if (isUpToDate(inputs)) {
  process.stdout.write('dist/runtime is up to date\n');
} else {
  await make(inputs);
  process.stdout.write('dist/runtime was built\n');
}
