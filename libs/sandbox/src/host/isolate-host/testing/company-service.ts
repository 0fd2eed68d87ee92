/** A company's own web service with its users, as the ready-made scripts for one expect it. */
import type { IncomingMessage, RequestListener } from 'node:http';

type User = { id: string; email: string; nickname: string; password: string };

const USER: User = { id: '7', email: 'a@b.example', nickname: 'Ann \u00fc', password: 'right' };
export const API_TOKEN = 'token of the company';

async function jsonOf(request: IncomingMessage): Promise<Partial<User>> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text === '' ? {} : (JSON.parse(text) as Partial<User>);
}

type Answer = readonly [status: number, body?: unknown];
const NOT_FOUND: Answer = [404, { message: 'no such user' }];

function shown({ password: _password, ...profile }: User): Omit<User, 'password'> {
  return profile;
}

function createRoutes(users: User[]): (method: string, url: URL, body: Partial<User>) => Answer {
  const find = (wanted: Partial<User>): User | undefined =>
    users.find(({ id, email }) => id === wanted.id || email === wanted.email);
  const list = (found: readonly User[]): Answer => [200, { totalCount: found.length, list: found.map(shown) }];
  const onUser = (method: string, id: string, action: string | undefined, body: Partial<User>): Answer => {
    const user = find({ id });
    if (user === undefined) return NOT_FOUND;
    if (action === 'validate-password') return body.password === user.password ? [204] : [403];
    if (method === 'DELETE') users.splice(users.indexOf(user), 1);
    else Object.assign(user, body);
    return method === 'DELETE' ? [204] : [200, shown(user)];
  };
  const onLogin = (body: Partial<User>): Answer => {
    const user = find(body);
    if (user === undefined) return NOT_FOUND;
    return user.password === body.password ? [200, shown(user)] : [403, { message: 'no' }];
  };
  const onUsers = (method: string, { searchParams }: URL, body: Partial<User>): Answer => {
    if (method === 'GET') return searchParams.get('page') === '1' ? list(users) : list([]);
    if (find(body) !== undefined) return [409];
    const made = { ...(body as User), id: String(users.length + 7) };
    users.push(made);
    return [201, shown(made)];
  };
  return (method, url, body) => {
    const [, top, id, action] = url.pathname.split('/');
    if (top === 'login') return onLogin(body);
    if (id === undefined) return onUsers(method, url, body);
    if (id === 'search') {
      const keyword = url.searchParams.get('keyword') as string;
      return list(users.filter(({ nickname }) => nickname.includes(keyword)));
    }
    if (id === 'find') {
      const user = find(Object.fromEntries(url.searchParams) as Partial<User>);
      return user === undefined ? NOT_FOUND : [200, shown(user)];
    }
    return onUser(method, decodeURIComponent(id), action, body);
  };
}

/** Starts with one user: 7, `a@b.example`, whose password is `right`. */
export function createCompanyService(): RequestListener {
  const route = createRoutes([{ ...USER }]);
  return async (request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${API_TOKEN}`;
    const body = await jsonOf(request);
    const url = new URL(request.url as string, 'http://x');
    const [status, answer] = isKnown ? route(request.method as string, url, body) : [401, { message: 'who?' }];
    response.writeHead(status, answer === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  };
}
