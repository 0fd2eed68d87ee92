// Finds one user by any of their ids and identifiers: the profile, or null.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // 404: no such user. All else is an error, 401 too: our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || status === 404,
});

async function getUser(query, context) {
  const { status, data } = await api.get('/users/find', { params: query });
  return status === 404 ? null : data;
}
