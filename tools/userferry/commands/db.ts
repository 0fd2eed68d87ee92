import { once } from 'node:events';
import { callerFolder } from '../config.ts';
import { EXIT } from '../exit-codes.ts';
import { readPort } from '../read-options.ts';
import { PEOPLE } from '../seed/people.ts';
import { startSeed } from '../seed/start-seed.ts';

export type DbOptions = { readonly port?: string; readonly json?: boolean };

/** Keeps a store of sample users up until it is told to stop. */
export const dbCommand = async (store: string | undefined, { port, json = false }: DbOptions): Promise<number> => {
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await using seed = await startSeed(store ?? true, callerFolder(), port === undefined ? 0 : readPort('--port', port));
  const [{ host, port: open }] = seed.allow;
  const allow = `${host}:${open}`;
  const people = PEOPLE.map(({ email, username, password }) => ({ email, username, password }));
  if (json) console.log(JSON.stringify({ store: seed.store, uri: seed.uri, allow, people }));
  else
    console.log(
      [
        `A ${seed.store} with ${people.length} users is up; Ctrl-C ends it and removes its data.`,
        '',
        ...Object.entries(seed.variables).map(([name, value]) => `${name}=${value}`),
        `--allow ${allow}`,
        '',
        ...people.map(({ email, username, password }) => `  ${email.padEnd(22)} ${username.padEnd(9)} ${password}`),
      ].join('\n'),
    );
  // Waiting for a signal alone keeps no process up.
  const stay = setInterval(() => undefined, 60_000);
  await ended;
  clearInterval(stay);
  return EXIT.ok;
};
