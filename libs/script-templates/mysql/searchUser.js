// Finds users whose identifiers or nickname hold a keyword.
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

async function searchUser(keyword, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const pattern = `%${keyword.replace(/[\\%_]/g, '\\$&')}%`;
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE email LIKE ? OR phone LIKE ? OR username LIKE ? OR nickname LIKE ? ORDER BY id LIMIT 100',
      [pattern, pattern, pattern, pattern],
    );
    return { totalCount: rows.length, list: rows.map(toProfile) };
  } finally {
    await connection.end();
  }
}
