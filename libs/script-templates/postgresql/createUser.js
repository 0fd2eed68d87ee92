// Creates a user and returns the profile; throws when there is one already.
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

async function createUser(userInfo, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const hash = userInfo.password ? await bcrypt.hash(userInfo.password, 10) : '';
    const created = await client.query(
      'INSERT INTO users (email, phone, username, password, nickname, photo) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id, email, phone, username, nickname, photo, created_at',
      [userInfo.email, userInfo.phone, userInfo.username, hash, userInfo.nickname, userInfo.photo],
    );
    return toProfile(created.rows[0]);
  } catch (error) {
    if (error.code === '23505') throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await client.end();
  }
}
