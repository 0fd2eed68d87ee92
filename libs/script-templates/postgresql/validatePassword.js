// Checks the old password before a change: true or false.
const { Client } = require('pg');
const bcrypt = require('bcrypt');

// Ids of this table are bigint, and PostgreSQL throws at any text that is none.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id)) && BigInt(id) < 2n ** 63n;
}

async function validatePassword(id, password, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const found = await client.query('SELECT password FROM users WHERE id = $1', [id]);
    if (found.rows.length === 0) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (found.rows[0].password ?? '').replace(/^\$2y\$/, '$2b$');
    return bcrypt.compare(password, hash);
  } finally {
    await client.end();
  }
}
