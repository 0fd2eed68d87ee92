// Changes profile fields and password: the latest profile, or null when there was nothing to change.
const sql = require('mssql');
const bcrypt = require('bcrypt');

function config() {
  return {
    server: env.DB_HOST,
    port: Number(env.DB_PORT),
    user: env.DB_USERNAME,
    password: env.DB_PASSWORD,
    database: env.DB_DATABASE,
    // For a server with a certificate of its own authority, put its text into a variable and use it here.
    options: { encrypt: env.DB_ENCRYPT !== 'false', trustServerCertificate: env.DB_TRUST_CERTIFICATE === 'true' },
  };
}

const FIELDS = ['email', 'phone', 'username', 'nickname', 'photo'];

function toProfile(row) {
  return {
    id: row.id,
    email: row.email,
    phone: row.phone,
    username: row.username,
    nickname: row.nickname,
    photo: row.photo,
  };
}

// Ids of this table are whole numbers. SQL Server reads ' 7' as 7, and throws at text that is none.
function isId(id) {
  return /^[1-9]\d{0,14}$/.test(String(id));
}

async function updateUser(id, updates, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const changes = {};
    for (const name of FIELDS) if (name in updates) changes[name] = updates[name];
    if (updates.password) changes.password = await bcrypt.hash(updates.password, 10);
    const names = Object.keys(changes);
    if (names.length === 0) return null;
    const request = pool.request().input('id', Number(id));
    for (const name of names) request.input(name, changes[name]);
    const updated = await request.query(
      `UPDATE users SET ${names.map((name) => `${name} = @${name}`).join(', ')} WHERE id = @id`,
    );
    if (updated.rowsAffected[0] === 0) throw new UserNotFoundError('User does not exist');
    const found = await pool
      .request()
      .input('id', Number(id))
      .query('SELECT id, email, phone, username, nickname, photo FROM users WHERE id = @id');
    return toProfile(found.recordset[0]);
  } catch (error) {
    if (error.number === 2627 || error.number === 2601) throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await pool.close();
  }
}
