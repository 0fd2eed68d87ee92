const sql = require('mssql');
const bcrypt = require('bcrypt');

async function login(query, password, context) {
  const pool = new sql.ConnectionPool({
    server: '127.0.0.1',
    port: Number(env.DB_PORT),
    user: env.DB_USER,
    password: env.DB_PASSWORD,
    database: env.DB_NAME,
    options: { encrypt: true, trustServerCertificate: true },
  });
  try {
    await pool.connect();
    const { recordset } = await pool
      .request()
      .input('email', sql.NVarChar, query.email)
      .query('SELECT id, email, pw_hash FROM members WHERE email = @email');
    const [member] = recordset;
    if (member === undefined) throw new Error('User does not exist');
    if (!(await bcrypt.compare(password, member.pw_hash))) throw new Error('Password is wrong');
    console.log(`member ${member.id} proven for ${context.userPoolName}`);
    return { id: String(member.id), email: member.email };
  } finally {
    await pool.close();
  }
}
