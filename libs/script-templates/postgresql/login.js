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
    const found = await client.query(
      'SELECT id, email, phone, username, nickname, photo, created_at, password FROM users WHERE email = $1 OR phone = $2 OR username = $3',
      [query.email, query.phone, query.username],
    );
    const row = found.rows[0];
    if (!row) throw new UserNotFoundError('User does not exist');
    if (!(await bcrypt.compare(password, row.password))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(row);
  } finally {
    await client.end();
  }
}
