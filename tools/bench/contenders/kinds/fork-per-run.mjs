import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUN_ONCE = fileURLToPath(new URL('run-once.mjs', import.meta.url));

/** A process for every run. */
export const start = ({ scriptFile, env }) => {
  const login = (args) =>
    new Promise((resolve, reject) => {
      const child = fork(RUN_ONCE, [scriptFile]);
      child.once('error', reject);
      // Not `exit`, which may be told before the last message is.
      child.once('disconnect', () => reject(new Error('the process ended without an answer')));
      child.once('message', ({ result, error }) => (error === undefined ? resolve(result) : reject(new Error(error))));
      child.send({ env, args });
    });
  return { login, close: () => undefined };
};
