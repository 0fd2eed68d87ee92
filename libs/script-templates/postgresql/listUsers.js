// Lists users page by page; pages count from 1.
const { Client } = require('pg');

function toProfile(row) {
  return {
    id: row.id,
    email: row.email,
    phone: row.phone,
    username: row.username,
    nickname: row.nickname,
    photo: row.photo,
    createdAt: row.created_at,
  };
}

async function listUsers(page, limit, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const [count, rows] = [
      await client.query('SELECT count(*)::int AS n FROM users'),
      await client.query(
        'SELECT id, email, phone, username, nickname, photo, created_at FROM users ORDER BY id LIMIT $1 OFFSET $2',
        [limit, (page - 1) * limit],
      ),
    ];
    return { totalCount: count.rows[0].n, list: rows.rows.map(toProfile) };
  } finally {
    await client.end();
  }
}
