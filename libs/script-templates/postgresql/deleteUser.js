// Deletes a user: true, or throws.
const { Client } = require('pg');

// Ids of this table are bigint, and PostgreSQL throws at any text that is none.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id)) && BigInt(id) < 2n ** 63n;
}

async function deleteUser(id, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
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
