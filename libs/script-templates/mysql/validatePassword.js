// Checks the old password before a change: true or false.
const mysql = require('mysql2/promise');
const bcrypt = require('bcrypt');

async function validatePassword(id, password, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [rows] = await connection.execute('SELECT password FROM users WHERE id = ?', [id]);
    if (rows.length === 0) throw new UserNotFoundError('User does not exist');
    return bcrypt.compare(password, rows[0].password ?? '');
  } finally {
    await connection.end();
  }
}
