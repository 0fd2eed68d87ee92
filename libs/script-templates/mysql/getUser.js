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

// Ids of this table are whole numbers. MySQL reads any text as one: '7abc' as 7.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id));
}

async function getUser(query, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE id = ? OR email = ? OR phone = ? OR username = ?',
      [isId(query.id) ? query.id : null, query.email, query.phone, query.username],
    );
    return rows[0] ? toProfile(rows[0]) : null;
  } finally {
    await connection.end();
  }
}
