// Creates a user and returns the profile; throws when there is one already.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // These say no (403: wrong password). All else is an error, 401 too: it means that our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || [403, 404, 409].includes(status),
});

async function createUser(userInfo, context) {
  const { status, data } = await api.post('/users', userInfo);
  if (status === 409) throw new UserExistsError('User already exists');
  return data;
}
