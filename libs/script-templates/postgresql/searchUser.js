// Finds users whose identifiers or nickname hold a keyword.
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

async function searchUser(keyword, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const pattern = `%${keyword.replace(/[\\%_]/g, '\\$&')}%`;
    const found = await client.query(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE email ILIKE $1 OR phone ILIKE $1 OR username ILIKE $1 OR nickname ILIKE $1 ORDER BY id LIMIT 100',
      [pattern],
    );
    return { totalCount: found.rows.length, list: found.rows.map(toProfile) };
  } finally {
    await client.end();
  }
}
