// Deletes a user: true, or throws.
const { Client } = require('pg');

async function deleteUser(id, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const deleted = await client.query('DELETE FROM users WHERE id = $1', [id]);
    if (deleted.rowCount === 0) throw new UserNotFoundError('User does not exist');
    return true;
  } finally {
    await client.end();
  }
}
