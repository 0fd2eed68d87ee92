// Proves a password: returns the profile, or throws.
const mysql = require('mysql2/promise');
const bcrypt = require('bcrypt');

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

async function login(query, password, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at, password FROM users WHERE email = ? OR phone = ? OR username = ?',
      [query.email, query.phone, query.username],
    );
    if (rows.length === 0) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (rows[0].password ?? '').replace(/^\$2y\$/, '$2b$');
    if (!(await bcrypt.compare(password, hash))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(rows[0]);
  } finally {
    await connection.end();
  }
}
