// Deletes a user: true, or throws.
const mysql = require('mysql2/promise');

// Ids of this table are whole numbers. MySQL reads any text as one: '7abc' as 7.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id));
}

async function deleteUser(id, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const connection = await mysql.createConnection(env.DB_CONNECTION_URI);
  try {
    const [deleted] = await connection.execute('DELETE FROM users WHERE id = ?', [id]);
    if (deleted.affectedRows === 0) throw new UserNotFoundError('User does not exist');
    return true;
  } finally {
    await connection.end();
  }
}
