// Proves a password by the company's own web service: returns the profile, or throws.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 403: wrong password; 404: no such user. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 403 || status === 404,
});

async function login(query, password, context) {
  const { status, data } = await api.post('/login', { ...query, password });
  if (status === 404) throw new UserNotFoundError('User does not exist');
  if (status === 403) throw new WrongUsernameOrPasswordError('Password is wrong');
  return data;
}
