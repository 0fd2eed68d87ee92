import { readResealConfig } from './config.ts';
import { resealStore } from './secrets/reseal-store.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  process.exitCode = (await resealStore(readResealConfig(), print)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'not sealed anew'}\n`);
  process.exitCode = 2;
}
