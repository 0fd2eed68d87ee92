// Proves a password: returns the profile, or throws.
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

async function login(query, password, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const found = await pool
      .request()
      .input('email', query.email)
      .input('phone', query.phone)
      .input('username', query.username)
      .query(
        'SELECT id, email, phone, username, nickname, photo, password FROM users WHERE email = @email OR phone = @phone OR username = @username',
      );
    const row = found.recordset[0];
    if (!row) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (row.password ?? '').replace(/^\$2y\$/, '$2b$');
    if (!(await bcrypt.compare(password, hash))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(row);
  } finally {
    await pool.close();
  }
}
