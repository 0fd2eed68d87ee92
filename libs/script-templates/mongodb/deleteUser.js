// Deletes a user: true, or throws.
const { MongoClient, ObjectId } = require('mongodb');

async function deleteUser(id, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const deleted = await users.deleteOne({ _id: new ObjectId(String(id)) });
    if (deleted.deletedCount === 0) throw new UserNotFoundError('User does not exist');
    return true;
  } finally {
    await client.close();
  }
}
