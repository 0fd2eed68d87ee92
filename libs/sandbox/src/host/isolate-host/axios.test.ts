/** axios inside the isolate, side by side with plain Node against the same servers. */
import { createCertificate } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHttpServer, startHttpsServer, startMirror, type TestServer } from './testing/http-servers.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const RIGHT = createCertificate(['localhost', '127.0.0.1']);
let host: TestHost;
let servers: Record<'PORT' | 'MIRROR_PORT' | 'SECURE_PORT', TestServer>;
const env = () => ({
  PORT: servers.PORT.port,
  MIRROR_PORT: servers.MIRROR_PORT.port,
  SECURE_PORT: servers.SECURE_PORT.port,
  CA: RIGHT.caCertificate,
});
const { expectSame, inIsolate } = createSideBySide(() => host, env);

beforeAll(async () => {
  host = await startHost();
  servers = {
    PORT: await startHttpServer(),
    MIRROR_PORT: await startMirror(),
    SECURE_PORT: await startHttpsServer(RIGHT),
  };
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await host.stop();
});

const PRELUDE = `const axios = require('axios'); const http = require('http'); const https = require('https'); const stream = require('stream');
const httpAgent = new http.Agent(); const httpsAgent = new https.Agent({ ca: env.CA });
const base = 'http://127.0.0.1:' + env.PORT; const secure = 'https://localhost:' + env.SECURE_PORT;
const api = axios.create({ baseURL: base, httpAgent, httpsAgent, timeout: 5000 });
const mirror = axios.create({ baseURL: 'http://127.0.0.1:' + env.MIRROR_PORT, httpAgent, responseType: 'text' });
// What differs from run to run, on both sides.
const steady = (value) => JSON.parse(JSON.stringify(value).replace(/[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [0-9:]+ GMT/g, 'DATE').replace(/-{10,}[A-Za-z0-9_-]+|axios-[0-9.]+-boundary-[A-Za-z0-9_-]+/g, 'BOUNDARY').replaceAll(env.PORT, 'PORT').replaceAll(env.MIRROR_PORT, 'MIRROR').replaceAll(env.SECURE_PORT, 'SECURE'));
const brief = ({ status, statusText, headers, data, request }) => steady([status, statusText, headers, show(data), request.path, request.res && request.res.responseUrl]);
const failing = async (call) => { try { return ['fine', brief(await call())] } catch (e) { return steady(['threw', e.name, e.code, e.message, e.status, axios.isAxiosError(e), axios.isCancel(e), e.response && brief(e.response), show(e.cause && { code: e.cause.code, message: e.cause.message, name: e.cause.name })]) } };
`;
const same = (body: string) => expectSame(`${PRELUDE} ${body}`);

describe('a request by axios', () => {
  it.each([
    [
      'get with parameters',
      `api.get('/echo', { params: { a: 1, b: ['x', 'y'], c: '\u00fc &', d: null, e: new Date(0) } })`,
    ],
    ['get of a URL', `axios.get(base + '/hello', { httpAgent })`],
    ['get of a URL with a user', `axios.get('http://u:p%20w@127.0.0.1:' + env.PORT + '/echo', { httpAgent })`],
    ['post of an object', `api.post('/echo', { a: 1, u: '\u00fc' })`],
    ['post of nothing', `api.post('/echo')`],
    ['put of parameters', `api.put('/echo', new URLSearchParams({ a: 'b c' }))`],
    ['patch of text', `api.patch('/echo', 'text', { headers: { 'Content-Type': 'text/plain' } })`],
    ['post of bytes', `api.request({ url: '/echo', method: 'post', data: Buffer.from('bytes') })`],
    ['post of a stream', `api.post('/echo', stream.Readable.from(['one', 'two']))`],
    ['delete', `api.delete('/echo', { data: { why: 1 } })`],
    ['head', `api.head('/hello')`],
    ['options', `api.options('/echo')`],
    ['basic authentication', `api.get('/echo', { auth: { username: 'u', password: '\u00fcp' } })`],
    [
      'an object as form',
      `api.postForm('/echo', { a: 1, list: [1, 2], deep: { b: 'c' } }, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })`,
    ],
    ['a Blob', `api.post('/echo', new Blob(['bytes'], { type: 'text/x-own' }))`],
    ['the adapter that uses fetch', `api.get('/echo', { adapter: 'fetch', params: { a: 1 } })`],
    ['https', `api.get(secure + '/echo')`],
    ['an answer without a body', `api.get('/nothing')`],
    ['an answer that comes in parts', `api.get('/drip')`],
    ['bytes as answer', `api.get('/hello', { responseType: 'arraybuffer' })`],
    [
      'text as answer',
      `api.post('/echo', { a: 1 }, { responseType: 'text', transformResponse: (text) => text.slice(0, 10) })`,
    ],
    ['a redirect', `api.get('/redirect?to=/echo')`],
    ['a redirect that turns a post into a get', `api.post('/redirect?to=/echo', { a: 1 })`],
    ['a redirect that keeps the post', `api.post('/redirect?to=/echo&status=307', { a: 1 })`],
    ['a redirect to https', `api.get('/redirect?to=' + encodeURIComponent(secure + '/echo'))`],
  ])('%s', (_what, call) => same(`return brief(await ${call})`));

  it('goes out as from plain Node', () =>
    same(`const FormData = axios.toFormData({}, undefined).constructor; const form = new FormData(); form.append('a', '1'); form.append('file', Buffer.from('content'), { filename: 'x.txt', contentType: 'text/plain' }); const web = new globalThis.FormData(); web.append('a', '1'); web.append('b', new Blob(['blob'], { type: 'text/plain' }), 'b.txt');
      return steady([(await mirror.post('/a', { a: 1 })).data, (await mirror.get('/b', { params: { q: 'x y' } })).data, (await mirror.post('/c', form)).data, (await mirror.post('/e', web)).data, (await mirror.postForm('/f', { a: 1, list: [1, 2], deep: { b: 'c' } })).data, (await mirror.post('/d', stream.Readable.from([Buffer.from('ab'), Buffer.from('c')]))).data])`));

  it('can have a stream as answer', () =>
    same(
      `const { data, headers: got } = await api.get('/drip', { responseType: 'stream' }); let all = ''; for await (const part of data) all += part; return [all, steady(got)]`,
    ));

  it.each([
    ['gzip', ''],
    ['gzip', '&as=x-gzip'],
    ['deflate', ''],
    ['raw', '&as=deflate'],
    ['br', ''],
    ['gzip', '&cut'],
    ['br', '&cut'],
    ['none', '&as=gzip'],
    ['none', '&as=unknown'],
  ])('unpacks %s%s', (way, more) =>
    same(
      `const found = await failing(() => api.get('/packed?way=${way}${more}')); const plain = await api.get('/packed?way=${way}${more}', { decompress: false, responseType: 'arraybuffer' }); return [found, plain.data.length, plain.headers['content-encoding']]`,
    ),
  );

  it('unpacks as a stream', () =>
    same(
      `let length = 0; const { data } = await api.get('/packed?way=br', { responseType: 'stream' }); for await (const part of data) length += part.length; return length`,
    ));

  it('keeps its connection where the agent does', () =>
    same(
      `const agent = new http.Agent({ keepAlive: true }); const seen = []; for (let i = 0; i < 3; i++) { const { request } = await api.get('/hello', { httpAgent: agent }); seen.push(request.reusedSocket); await new Promise((done) => setTimeout(done, 10)) } agent.destroy(); return seen`,
    ));

  it('passes its interceptors and transformers in order', () =>
    same(`const own = axios.create({ baseURL: base, httpAgent }); const seen = []; own.interceptors.request.use((config) => { seen.push('request 1'); return config }); own.interceptors.request.use(async (config) => { seen.push('request 2'); config.headers.set('X-Own', 'yes'); return config });
      own.interceptors.response.use((response) => { seen.push('response'); return response }, (error) => { seen.push('failed ' + error.response.status); return { data: 'saved' } });
      const { data } = await own.get('/echo'); const saved = await own.get('/missing'); return [seen, data.rawHeaders.includes('X-Own'), saved.data]`));

  it('tells how far it is', () =>
    same(
      `const seen = []; const body = 'x'.repeat(1000); await api.post('/echo', body, { onUploadProgress: ({ loaded, total, upload }) => seen.push([loaded, total, upload]), onDownloadProgress: ({ loaded, download }) => seen.push([typeof loaded, download]) }); return [seen[0], seen.at(-1)]`,
    ));
});

describe('a request by axios fails', () => {
  it.each([
    ['by its status', `api.get('/missing')`],
    ['not by a status that is accepted', `api.get('/missing', { validateStatus: (status) => status === 404 })`],
    ['when it takes too long', `api.get('/never', { timeout: 60 })`],
    [
      'when it takes too long, in its own words',
      `api.get('/never', { timeout: 60, timeoutErrorMessage: 'too slow', transitional: { clarifyTimeoutError: true } })`,
    ],
    ['when it is cut', `api.get('/cut')`],
    ['at a closed port', `axios.get('http://127.0.0.1:1/', { httpAgent })`],
    ['without redirects at a closed port', `axios.get('http://127.0.0.1:1/', { httpAgent, maxRedirects: 0 })`],
    ['for a name that nobody has', `axios.get('http://nowhere.invalid/', { httpAgent })`],
    ['for a certificate that nobody vouches for', `axios.get(secure + '/hello', {})`],
    [
      'for a certificate of another name',
      `axios.get('https://127.0.0.2:' + env.SECURE_PORT + '/hello', { httpsAgent, headers })`,
    ],
    ['with too many redirects', `api.get('/redirect?to=/redirect', { maxRedirects: 3 })`],
    ['without redirects', `api.get('/redirect?to=/echo', { maxRedirects: 0 })`],
    ['with too much content', `api.get('/large', { maxContentLength: 1000 })`],
    ['with too large a body', `api.post('/echo', 'x'.repeat(100), { maxBodyLength: 50 })`],
    ['for another protocol', `api.get('ftp://127.0.0.1/')`],
    [
      'for JSON that is none',
      `api.get('/hello', { responseType: 'json', transitional: { silentJSONParsing: false } })`,
    ],
    ['when it was aborted before', `api.get('/hello', { signal: AbortSignal.abort() })`],
    [
      'when its token was cancelled',
      `(() => { const source = axios.CancelToken.source(); setTimeout(() => source.cancel('enough'), 30); return api.get('/never', { cancelToken: source.token }) })()`,
    ],
    [
      'when it is aborted',
      `(() => { const controller = new AbortController(); setTimeout(() => controller.abort(), 30); return api.get('/never', { signal: controller.signal }) })()`,
    ],
  ])('%s', (_what, call) => same(`return failing(() => ${call})`));

  it('with an error that can be written down', () =>
    same(
      `const error = await api.get('/missing').catch((e) => e); const { stack, config, ...rest } = error.toJSON(); return steady([rest, typeof stack, config.url, config.method, config.timeout])`,
    ));

  it.each([
    ['http', `api.get('/hello', { proxy: { host: '127.0.0.1', port: Number(env.PORT) } })`],
    ['https', `api.get(secure + '/hello', { proxy: { host: '127.0.0.1', port: Number(env.PORT) } })`],
  ])('clearly for a proxy: %s', async (_what, call) => {
    const [code, message] = (await inIsolate(
      `${PRELUDE} return ${call}.catch((e) => [e.code, e.message])`,
    )) as string[];
    expect(code).toBe('EACCES');
    expect(message).toContain('Proxies are not available to scripts');
  });

  it('clearly for a Unix socket', async () => {
    const seen = await inIsolate(
      `${PRELUDE} return api.get('/hello', { socketPath: '/tmp/x' }).catch((e) => [e.code, e.message])`,
    );
    expect(seen).toEqual(['EACCES', 'Unix sockets are not available to scripts']);
  });
});
