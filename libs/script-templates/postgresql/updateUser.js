// Changes profile fields and password: the latest profile, or null when there was nothing to change.
const { Client } = require('pg');
const bcrypt = require('bcrypt');

const COLUMNS = ['email', 'phone', 'username', 'nickname', 'photo'];

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

// Ids of this table are bigint, and PostgreSQL throws at any text that is none.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id)) && BigInt(id) < 2n ** 63n;
}

async function updateUser(id, updates, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const changes = {};
    for (const column of COLUMNS) if (column in updates) changes[column] = updates[column];
    if (updates.password) changes.password = await bcrypt.hash(updates.password, 10);
    const names = Object.keys(changes);
    if (names.length === 0) return null;
    const sets = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
    const updated = await client.query(
      `UPDATE users SET ${sets} WHERE id = $1 RETURNING id, email, phone, username, nickname, photo, created_at`,
      [id, ...names.map((name) => changes[name])],
    );
    if (updated.rows.length === 0) throw new UserNotFoundError('User does not exist');
    return toProfile(updated.rows[0]);
  } catch (error) {
    if (error.code === '23505') throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await client.end();
  }
}
