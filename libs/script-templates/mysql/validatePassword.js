// Checks the old password before a change: true or false.
const mysql = require('mysql2/promise');
const bcrypt = require('bcrypt');

// Ids of this table are whole numbers. MySQL reads any text as one: '7abc' as 7.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id));
}

async function validatePassword(id, password, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [rows] = await connection.execute('SELECT password FROM users WHERE id = ?', [id]);
    if (rows.length === 0) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (rows[0].password ?? '').replace(/^\$2y\$/, '$2b$');
    return bcrypt.compare(password, hash);
  } finally {
    await connection.end();
  }
}
