// What somebody would write who keeps the connection by hand: the sample script on one client, put back after each use.
const { Client } = require('pg');
const bcrypt = require('bcrypt');

const idle = [];

async function take() {
  const kept = idle.pop();
  if (kept !== undefined) return kept;
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  return client;
}

function giveBack(client) {
  client.query('DISCARD ALL').then(() => idle.push(client));
}

async function login(query, password, context) {
  const client = await take();
  try {
    const found = await client.query(
      'SELECT member_no, mail, login_name, mobile, full_name, pw_hash FROM crm.members WHERE mail = $1 OR login_name = $2 OR mobile = $3',
      [query.email, query.username, query.phone],
    );
    if (found.rows.length === 0) throw new Error('User does not exist');
    const member = found.rows[0];
    if (!(await bcrypt.compare(password, member.pw_hash))) throw new Error('Password is wrong');
    console.log(`member ${member.member_no} proven for ${context.userPoolName}`);
    return { id: member.member_no, email: member.mail, username: member.login_name, phone: member.mobile };
  } finally {
    giveBack(client);
  }
}
