// Checks the old password before a change: true or false.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 403: wrong password; 404: no such user. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 403 || status === 404,
});

async function validatePassword(id, password, context) {
  const { status } = await api.post(`/users/${encodeURIComponent(id)}/validate-password`, { password });
  if (status === 404) throw new UserNotFoundError('User does not exist');
  return status !== 403;
}
