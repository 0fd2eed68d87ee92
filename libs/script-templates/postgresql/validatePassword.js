// Checks the old password before a change: true or false.
const { Client } = require('pg');
const bcrypt = require('bcrypt');

async function validatePassword(id, password, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const found = await client.query('SELECT password FROM users WHERE id = $1', [id]);
    if (found.rows.length === 0) throw new UserNotFoundError('User does not exist');
    return bcrypt.compare(password, found.rows[0].password ?? '');
  } finally {
    await client.end();
  }
}
