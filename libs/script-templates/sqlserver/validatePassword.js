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

async function validatePassword(id, password, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const found = await pool.request().input('id', id).query('SELECT password FROM users WHERE id = @id');
    if (found.recordset.length === 0) throw new UserNotFoundError('User does not exist');
    return bcrypt.compare(password, found.recordset[0].password ?? '');
  } finally {
    await pool.close();
  }
}
