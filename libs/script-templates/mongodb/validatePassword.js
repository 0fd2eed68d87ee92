// Checks the old password before a change: true or false.
const { MongoClient, ObjectId } = require('mongodb');
const bcrypt = require('bcrypt');

// Ids of this collection are ObjectIds, and the driver throws at any text that is none.
function isId(id) {
  return /^[0-9a-f]{24}$/.test(String(id));
}

async function validatePassword(id, password, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const user = await users.findOne({ _id: new ObjectId(String(id)) });
    if (!user) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (user.password ?? '').replace(/^\$2y\$/, '$2b$');
    return bcrypt.compare(password, hash);
  } finally {
    await client.close();
  }
}
