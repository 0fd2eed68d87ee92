// Deletes a user: true, or throws.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 404: no such user. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 404,
});

async function deleteUser(id, context) {
  const { status } = await api.delete(`/users/${encodeURIComponent(id)}`);
  if (status === 404) throw new UserNotFoundError('User does not exist');
  return true;
}
