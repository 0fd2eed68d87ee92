// Creates a user and returns the profile; throws when there is one already.
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

async function createUser(userInfo, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const hash = userInfo.password ? await bcrypt.hash(userInfo.password, 10) : '';
    const value = (name) => (userInfo[name] === undefined ? null : userInfo[name]);
    const [inserted] = await connection.execute(
      'INSERT INTO users (email, phone, username, password, nickname, photo) VALUES (?, ?, ?, ?, ?, ?)',
      [value('email'), value('phone'), value('username'), hash, value('nickname'), value('photo')],
    );
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE id = ?',
      [inserted.insertId],
    );
    return toProfile(rows[0]);
  } catch (error) {
    if (error.code === 'ER_DUP_ENTRY') throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await connection.end();
  }
}
