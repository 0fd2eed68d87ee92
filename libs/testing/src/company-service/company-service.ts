import type { IncomingMessage, RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Answer, type CompanyUser, type CompanyUsers, createCompanyUsers } from './company-users.ts';

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

const answered = async (users: CompanyUsers, token: string, request: IncomingMessage): Promise<Answer> => {
  if (request.headers.authorization !== `Bearer ${token}`) return [401, { message: 'who are you?' }];
  const body = await bodyOf(request);
  return answerOf(users, request.method ?? '', new URL(request.url ?? '', 'http://company'), body);
};

/** A company's own web service with the paths that the ready-made scripts ask; it answers whoever brings the token. */
export const createCompanyService = (given: readonly CompanyUser[], token: string): RequestListener => {
  const users = createCompanyUsers(given);
  return async (request, response) => {
    const [status, body] = await answered(users, token, request).catch(
      (): Answer => [400, { message: 'not understood' }],
    );
    response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
};
