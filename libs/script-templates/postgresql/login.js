// Proves a password: returns the profile, or throws.
const { Client } = require('pg');
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

async function login(query, password, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    // E-mail whatever its case, as Userferry compares it; an exact spelling first. A large table wants an index for that:
    // CREATE INDEX ON users (lower(email));
    const found = await client.query(
      'SELECT id, email, phone, username, nickname, photo, created_at, password FROM users WHERE lower(email) = lower($1) OR phone = $2 OR username = $3 ORDER BY email = $1 DESC',
      [query.email, query.phone, query.username],
    );
    const row = found.rows[0];
    if (!row) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (row.password ?? '').replace(/^\$2y\$/, '$2b$');
    if (!(await bcrypt.compare(password, hash))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(row);
  } finally {
    await client.end();
  }
}
