// Finds users whose identifiers or nickname hold a keyword.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
  // These say no (403: wrong password). All else is an error, 401 too: it means that our own token is not accepted.
  validateStatus: (status) => (status >= 200 && status < 300) || [403, 404, 409].includes(status),
});

async function searchUser(keyword, context) {
  const { data } = await api.get('/users/search', { params: { keyword } });
  return { totalCount: data.totalCount, list: data.list };
}
