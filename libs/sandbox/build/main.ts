/** Makes `dist/runtime`: everything that an isolate host needs, in one folder that can be copied anywhere. */
import { mkdirSync, rmSync } from 'node:fs';
import { makeBundles } from './bundles.ts';
import { makeCodeCaches } from './code-caches.ts';
import { hashInputs, isUpToDate, writeManifest } from './manifest.ts';
import { copyNativeModules } from './native-modules.ts';
import { RUNTIME } from './paths.ts';

const inputs = hashInputs();
if (isUpToDate(inputs)) {
  process.stdout.write('dist/runtime is up to date\n');
} else {
  rmSync(RUNTIME, { recursive: true, force: true });
  mkdirSync(RUNTIME, { recursive: true });
  await makeBundles();
  copyNativeModules();
  makeCodeCaches();
  writeManifest(inputs);
  process.stdout.write('dist/runtime was built\n');
}
