// Deletes a user: true, or throws.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // These say no (403: wrong password). All else is an error, 401 too: it means that our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || [403, 404, 409].includes(status),
});

async function deleteUser(id, context) {
  const { status } = await api.delete(`/users/${encodeURIComponent(id)}`);
  if (status === 404) throw new UserNotFoundError('User does not exist');
  return true;
}
