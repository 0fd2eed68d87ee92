// Finds one user by any of their ids and identifiers: the profile, or null.
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

// Ids of this table are whole numbers. SQL Server reads ' 7' as 7, and throws at text that is none.
function isId(id) {
  return /^[1-9]\d{0,14}$/.test(String(id));
}

async function getUser(query, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const found = await pool
      .request()
      .input('id', isId(query.id) ? Number(query.id) : null)
      .input('email', query.email)
      .input('phone', query.phone)
      .input('username', query.username)
      .query(
        'SELECT id, email, phone, username, nickname, photo FROM users WHERE id = @id OR email = @email OR phone = @phone OR username = @username',
      );
    return found.recordset[0] ? toProfile(found.recordset[0]) : null;
  } finally {
    await pool.close();
  }
}
