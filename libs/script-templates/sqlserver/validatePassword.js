// Checks the old password before a change: true or false.
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

// Ids of this table are whole numbers. SQL Server reads ' 7' as 7, and throws at text that is none.
function isId(id) {
  return /^[1-9]\d{0,14}$/.test(String(id));
}

async function validatePassword(id, password, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const found = await pool.request().input('id', Number(id)).query('SELECT password FROM users WHERE id = @id');
    if (found.recordset.length === 0) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (found.recordset[0].password ?? '').replace(/^\$2y\$/, '$2b$');
    return bcrypt.compare(password, hash);
  } finally {
    await pool.close();
  }
}
