// Deletes a user: true, or throws.
const mysql = require('mysql2/promise');

async function deleteUser(id, context) {
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [deleted] = await connection.execute('DELETE FROM users WHERE id = ?', [id]);
    if (deleted.affectedRows === 0) throw new UserNotFoundError('User does not exist');
    return true;
  } finally {
    await connection.end();
  }
}
