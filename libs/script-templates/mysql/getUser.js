// Finds one user by any of their ids and identifiers: the profile, or null.
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

async function getUser(query, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE id = ? OR email = ? OR phone = ? OR username = ?',
      [query.id, query.email, query.phone, query.username],
    );
    return rows[0] ? toProfile(rows[0]) : null;
  } finally {
    await connection.end();
  }
}
