// Deletes a user: true, or throws.
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

// Ids of this table are whole numbers. SQL Server reads ' 7' as 7, and throws at text that is none.
function isId(id) {
  return /^[1-9]\d{0,14}$/.test(String(id));
}

async function deleteUser(id, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const deleted = await pool.request().input('id', Number(id)).query('DELETE FROM users WHERE id = @id');
    if (deleted.rowsAffected[0] === 0) throw new UserNotFoundError('User does not exist');
    return true;
  } finally {
    await pool.close();
  }
}
