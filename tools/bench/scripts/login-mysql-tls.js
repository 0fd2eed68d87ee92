// login-mysql.js, encrypted: the server has to prove itself.
const mysql = require('mysql2/promise');
const bcrypt = require('bcrypt');

async function login(query, password, context) {
  const connection = await mysql.createConnection({ uri: env.DB_CONNECTION_URI, ssl: { ca: env.DB_AUTHORITY } });
  try {
    const [rows] = await connection.execute('SELECT id, email, pw_hash FROM members WHERE email = ?', [query.email]);
    if (rows.length === 0) throw new Error('User does not exist');
    if (!(await bcrypt.compare(password, rows[0].pw_hash))) throw new Error('Password is wrong');
    console.log(`member ${rows[0].id} proven for ${context.userPoolName}`);
    return { id: String(rows[0].id), email: rows[0].email };
  } finally {
    await connection.end();
  }
}
