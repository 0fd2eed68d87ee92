// The thread of `worker-per-run`: one run, one answer, the end.
import { parentPort, workerData } from 'node:worker_threads';
import { readScript } from './read-script.mjs';

const { scriptFile, env, args } = workerData;
readScript(
  scriptFile,
  env,
)(...args).then(
  (result) => parentPort.postMessage({ result }),
  (error) => parentPort.postMessage({ error: error.message }),
);
