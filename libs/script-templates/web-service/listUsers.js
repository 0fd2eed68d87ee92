// Lists users page by page; pages count from 1.
const axios = require('axios');

const api = axios.create({
  baseURL: env.API_URL,
  timeout: 5000,
  headers: { authorization: `Bearer ${env.API_TOKEN}` },
});

async function listUsers(page, limit, context) {
  const { data } = await api.get('/users', { params: { page, limit } });
  return { totalCount: data.totalCount, list: data.list };
}
