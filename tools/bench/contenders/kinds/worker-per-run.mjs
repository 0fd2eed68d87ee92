import { Worker } from 'node:worker_threads';

const RUN = new URL('run-in-worker.mjs', import.meta.url);

/** A thread for every run. */
export const start = ({ scriptFile, env }) => {
  const login = (args) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(RUN, { workerData: { scriptFile, env, args } });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended without an answer')));
      worker.once('message', ({ result, error }) => (error === undefined ? resolve(result) : reject(new Error(error))));
    });
  return { login, close: () => undefined };
};
