import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCompanyService } from '@userferry/testing';
import { PEOPLE } from './people.ts';
import type { StartSeed } from './seed.ts';

/** For the loopback alone, and told to everybody. */
const TOKEN = 'sample-token';

/** A company's web service with the paths that the ready-made scripts ask. */
export const startWebService: StartSeed = async ({ port: wanted }) => {
  const people = PEOPLE.map(({ id, ...person }) => ({ ...person, id: String(id) }));
  const server = createServer(createCompanyService(people, TOKEN));
  await once(server.listen(wanted, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const uri = `http://127.0.0.1:${port}`;
  const env = { API_URL: uri, API_TOKEN: TOKEN };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const allow = [{ host: '127.0.0.1', port }] as const;
  return { store: 'web-service', uri, variables: env, env, allow, [Symbol.asyncDispose]: stop };
};
