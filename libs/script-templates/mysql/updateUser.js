// Changes profile fields and password: the latest profile, or null when there was nothing to change.
const mysql = require('mysql2/promise');
const bcrypt = require('bcrypt');

const COLUMNS = ['email', 'phone', 'username', 'nickname', 'photo'];

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

async function updateUser(id, updates, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const changes = {};
    for (const column of COLUMNS) if (column in updates) changes[column] = updates[column];
    if (updates.password) changes.password = await bcrypt.hash(updates.password, 10);
    const names = Object.keys(changes);
    if (names.length === 0) return null;
    const sets = names.map((name) => `${name} = ?`).join(', ');
    await connection.execute(`UPDATE users SET ${sets} WHERE id = ?`, [...names.map((name) => changes[name]), id]);
    const [rows] = await connection.execute(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE id = ?',
      [id],
    );
    if (rows.length === 0) throw new UserNotFoundError('User does not exist');
    return toProfile(rows[0]);
  } catch (error) {
    if (error.code === 'ER_DUP_ENTRY') throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await connection.end();
  }
}
