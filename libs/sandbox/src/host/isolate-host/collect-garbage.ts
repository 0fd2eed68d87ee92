/** Frees all that nothing in an isolate refers to, and gives the memory back. */
import type ivm from 'isolated-vm';
import { OWN_CALL_MS } from './guest-references.ts';

/** Any other collection keeps the pages that it empties, and most of what a warm isolate could give back are such pages. */
const COLLECT = "gc({ type: 'major', flavor: 'last-resort' })";

/** A context of its own, in which alone there is a `gc`: no script gets near it. Source: V8, `GCExtension`. */
function createCollector(isolate: ivm.Isolate): ivm.Context {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--expose-gc');
  try {
    return isolate.createContextSync();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** Takes as long as a few logins, on the isolate's thread; nothing may be running in it, which this one would wait for. */
export async function collectGarbage(isolate: ivm.Isolate): Promise<void> {
  const collector = createCollector(isolate);
  try {
    await collector.eval(COLLECT, { timeout: OWN_CALL_MS });
  } finally {
    collector.release();
  }
}
