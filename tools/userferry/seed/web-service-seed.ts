import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type Answer, type CompanyUsers, createCompanyUsers } from './company-users.ts';
import type { StartSeed } from './seed.ts';

/** For the loopback alone, and told to everybody. */
const TOKEN = 'sample-token';

type Body = Record<string, string>;

const NO_SUCH_PATH: Answer = [404, { message: 'there is no such path' }];

const ofUsers = (users: CompanyUsers, method: string, { searchParams }: URL, body: Body): Answer =>
  method === 'POST'
    ? users.create(body)
    : users.list(Number(searchParams.get('page') ?? 1), Number(searchParams.get('limit') ?? 50));

const ofUser = (users: CompanyUsers, method: string, id: string, body: Body): Answer =>
  method === 'PATCH' ? users.update(id, body) : method === 'DELETE' ? users.remove(id) : users.find({ id });

const answerOf = (users: CompanyUsers, method: string, url: URL, body: Body): Answer => {
  const [, top, second, third] = url.pathname.split('/').map(decodeURIComponent);
  if (top === 'login') return users.login(body);
  if (top !== 'users') return NO_SUCH_PATH;
  if (second === undefined) return ofUsers(users, method, url, body);
  if (third === 'validate-password') return users.validate(second, body.password);
  if (second === 'search') return users.search(url.searchParams.get('keyword') ?? '');
  if (second === 'find') return users.find(Object.fromEntries(url.searchParams));
  return ofUser(users, method, second, body);
};

const bodyOf = async (request: IncomingMessage): Promise<Body> => {
  if (Number(request.headers['content-length'] ?? 0) === 0) return {};
  return (await json(request)) as Body;
};

const answered = async (users: CompanyUsers, request: IncomingMessage): Promise<Answer> => {
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return [401, { message: 'who are you?' }];
  const body = await bodyOf(request);
  return answerOf(users, request.method ?? '', new URL(request.url ?? '', 'http://company'), body);
};

/** A company's web service with the paths that the ready-made scripts ask. */
export const startWebService: StartSeed = async ({ port: wanted }) => {
  const users = createCompanyUsers();
  const server = createServer(async (request, response) => {
    const [status, body] = await answered(users, request).catch((): Answer => [400, { message: 'not understood' }]);
    response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
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
