// Finds users whose identifiers or nickname hold a keyword.
const sql = require('mssql');

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

async function searchUser(keyword, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const pattern = `%${keyword.replace(/[[%_]/g, '[$&]')}%`;
    const found = await pool
      .request()
      .input('pattern', pattern)
      .query(
        'SELECT TOP 100 id, email, phone, username, nickname, photo FROM users WHERE email LIKE @pattern OR phone LIKE @pattern OR username LIKE @pattern OR nickname LIKE @pattern',
      );
    return { totalCount: found.recordset.length, list: found.recordset.map(toProfile) };
  } finally {
    await pool.close();
  }
}
