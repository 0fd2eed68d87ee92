/** What runs before the code caches are taken: the ways that scripts usually go. */
export const WARM_UP_SCRIPT = `
const axios = require('axios');
const bcrypt = require('bcrypt');
const crypto = require('crypto');
const lodash = require('lodash');
const { Client, Pool } = require('pg');
require('mysql2/promise');
require('mssql');
const { flow, get } = require('lodash/fp');

async function viaClient() {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT * FROM users WHERE email = $1 AND active = $2', ['a@b.example', true]);
    await client.query('SELECT 1');
    await client.query('FAIL', [1, null, new Date(0), Buffer.from('x'), { a: 1 }]).catch((error) => String(error.stack));
    return rows[0];
  } finally {
    await client.end();
  }
}

async function viaPool() {
  const pool = new Pool({ host: '127.0.0.1', port: Number(env.DB_PORT), user: 'u', password: env.DB_PASSWORD, database: 'd' });
  const { rows } = await pool.query('SELECT * FROM users WHERE id = $1', [7]);
  await pool.end();
  return rows[0];
}

async function viaMongo(name) {
  const { BSON, MongoClient, ObjectId } = require(name);
  const bytes = BSON.serialize({ _id: new ObjectId(), a: 'x', n: 1, f: 1.5, at: new Date(0), none: null, list: [1, { b: true }], re: /a/i });
  const client = new MongoClient('mongodb://u:p@127.0.0.1:1/d', { serverSelectionTimeoutMS: 20 });
  await client.connect().catch((error) => String(error.stack));
  await client.close();
  return BSON.deserialize(bytes).a;
}

async function viaWebService() {
  const api = axios.create({ baseURL: env.API_URL, timeout: 5000, headers: { authorization: 'Bearer token' } });
  const { data } = await api.post('/login', { email: 'a@b.example', password: 'x' });
  const { data: found } = await api.get('/users', { params: { page: 1 } });
  await api.get('/missing').catch((error) => JSON.stringify(error));
  await axios.get('http://127.0.0.1:1/').catch((error) => String(error.stack));
  await axios.get('https://127.0.0.1:1/').catch((error) => String(error.stack));
  return [data.id, found.email];
}

async function viaFetch() {
  const body = JSON.stringify({ email: 'a@b.example', password: 'x' });
  const response = await fetch(env.API_URL + '/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { id } = await response.json();
  const found = await fetch(env.API_URL + '/users?page=1', { signal: AbortSignal.timeout(5000) });
  const text = await found.text();
  await fetch('http://127.0.0.1:47/').catch((error) => String(error.stack));
  const form = new FormData();
  form.append('a', new Blob(['b']));
  return [id, text.length, await new Response(form).text()];
}

function digests(password) {
  const md5 = crypto.createHash('md5').update(password).digest('hex');
  const salted = crypto.createHmac('sha256', 'salt').update(password).digest('base64');
  const sha512 = crypto.createHash('sha512').update(password).digest('hex');
  return [md5, salted, sha512, crypto.randomBytes(8).toString('hex'), crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a'))];
}

async function warmUp(query, password, context) {
  console.log('user %s', query.email, { nested: [1, { a: null }], at: new Date(0) });
  const timer = setTimeout(() => {}, 1000);
  clearTimeout(timer);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const user = await viaClient();
  const pooled = await viaPool();
  const served = [await viaWebService(), await viaFetch()];
  const documents = [await viaMongo('mongodb'), await viaMongo('mongodb@7')];
  const matches = await bcrypt.compare(password, user.password);
  const url = new URL('https://user@example.com:8080/a?b=c');
  const profile = { ...lodash.pick(user, ['id', 'email']), name: flow(get('email'), String)(user), at: user.created_at, bytes: Buffer.from('x'), digests: digests(password) };
  if (query.fail) throw new WrongUsernameOrPasswordError('wrong');
  return { profile, pooled, served, documents, matches, host: url.host, params: url.searchParams.get('b') };
}
`;
