// Checks the old password before a change: true or false.
const { MongoClient, ObjectId } = require('mongodb');
const bcrypt = require('bcrypt');

async function validatePassword(id, password, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const user = await users.findOne({ _id: new ObjectId(String(id)) });
    if (!user) throw new UserNotFoundError('User does not exist');
    return bcrypt.compare(password, user.password ?? '');
  } finally {
    await client.close();
  }
}
