// Lists users page by page; pages count from 1.
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

async function listUsers(page, limit, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const count = await pool.request().query('SELECT COUNT(*) AS n FROM users');
    const found = await pool
      .request()
      .input('skip', (page - 1) * limit)
      .input('limit', limit)
      .query(
        'SELECT id, email, phone, username, nickname, photo FROM users ORDER BY id OFFSET @skip ROWS FETCH NEXT @limit ROWS ONLY',
      );
    return { totalCount: count.recordset[0].n, list: found.recordset.map(toProfile) };
  } finally {
    await pool.close();
  }
}
