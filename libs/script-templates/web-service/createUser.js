// Creates a user and returns the profile; throws when there is one already.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 409: there is such a user. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 409,
});

async function createUser(userInfo, context) {
  const { status, data } = await api.post('/users', userInfo);
  if (status === 409) throw new UserExistsError('User already exists');
  return data;
}
