// Changes profile fields and password: the latest profile.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 404: no such user; 409: somebody else has the identifier. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 404 || status === 409,
});

async function updateUser(id, updates, context) {
  const { status, data } = await api.patch(`/users/${encodeURIComponent(id)}`, updates);
  if (status === 404) throw new UserNotFoundError('User does not exist');
  if (status === 409) throw new UserExistsError('User already exists');
  return data;
}
