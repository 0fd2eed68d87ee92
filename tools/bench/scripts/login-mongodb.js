const { MongoClient } = require('mongodb');
const bcrypt = require('bcrypt');

async function login(query, password, context) {
  const client = new MongoClient(env.DB_CONNECTION_URI);
  try {
    await client.connect();
    const member = await client.db('legacy').collection('members').findOne({ email: query.email });
    if (member === null) throw new Error('User does not exist');
    if (!(await bcrypt.compare(password, member.pw_hash))) throw new Error('Password is wrong');
    console.log(`member ${member.id} proven for ${context.userPoolName}`);
    return { id: String(member.id), email: member.email };
  } finally {
    await client.close();
  }
}
