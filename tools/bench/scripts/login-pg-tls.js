// The sample login, encrypted: the server has to prove itself.
const { Client } = require('pg');
const bcrypt = require('bcrypt');

async function login(query, password, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI, ssl: { ca: env.DB_AUTHORITY } });
  await client.connect();
  try {
    const found = await client.query(
      'SELECT member_no, mail, login_name, mobile, full_name, pw_hash FROM crm.members WHERE mail = $1 OR login_name = $2 OR mobile = $3',
      [query.email, query.username, query.phone],
    );
    if (found.rows.length === 0) throw new Error('User does not exist');
    const member = found.rows[0];
    if (!(await bcrypt.compare(password, member.pw_hash))) throw new Error('Password is wrong');
    console.log(`member ${member.member_no} proven for ${context.userPoolName}`);
    return {
      id: member.member_no,
      email: member.mail,
      username: member.login_name,
      phone: member.mobile,
      nickname: member.full_name,
    };
  } finally {
    await client.end();
  }
}
