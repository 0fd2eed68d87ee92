// Creates a user and returns the profile; throws when there is one already.
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

async function createUser(userInfo, context) {
  const pool = await new sql.ConnectionPool(config()).connect();
  try {
    const hash = userInfo.password ? await bcrypt.hash(userInfo.password, 10) : '';
    const request = pool.request().input('password', hash);
    for (const name of FIELDS) request.input(name, userInfo[name] === undefined ? null : userInfo[name]);
    const created = await request.query(
      'INSERT INTO users (email, phone, username, password, nickname, photo) OUTPUT INSERTED.id, INSERTED.email, INSERTED.phone, INSERTED.username, INSERTED.nickname, INSERTED.photo VALUES (@email, @phone, @username, @password, @nickname, @photo)',
    );
    return toProfile(created.recordset[0]);
  } catch (error) {
    if (error.number === 2627 || error.number === 2601) throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await pool.close();
  }
}
