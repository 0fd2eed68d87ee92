// Changes profile fields and password: the latest profile.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // These say no (403: wrong password). All else is an error, 401 too: it means that our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || [403, 404, 409].includes(status),
});

async function updateUser(id, updates, context) {
  const { status, data } = await api.patch(`/users/${encodeURIComponent(id)}`, updates);
  if (status === 404) throw new UserNotFoundError('User does not exist');
  return data;
}
