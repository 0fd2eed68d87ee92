// Lists users page by page; pages count from 1.
const mysql = require('mysql2/promise');

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
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [[count]] = await connection.query('SELECT count(*) AS n FROM users');
    const [rows] = await connection.query(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users ORDER BY id LIMIT ? OFFSET ?',
      [limit, (page - 1) * limit],
    );
    return { totalCount: count.n, list: rows.map(toProfile) };
  } finally {
    await connection.end();
  }
}
