// Finds users whose identifiers or nickname hold a keyword.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
});

async function searchUser(keyword, context) {
  const { data } = await api.get('/users/search', { params: { keyword } });
  return { totalCount: data.totalCount, list: data.list };
}
