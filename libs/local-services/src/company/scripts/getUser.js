const { Client } = require('pg');

async function getUser(query, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    const found = await client.query(
      'SELECT member_no, mail, login_name, mobile, full_name FROM crm.members WHERE member_no::text = $1 OR mail = $2 OR login_name = $3 OR mobile = $4',
      [query.id, query.email, query.username, query.phone],
    );
    if (found.rows.length === 0) return null;
    const member = found.rows[0];
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
