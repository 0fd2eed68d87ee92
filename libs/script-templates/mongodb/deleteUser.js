// Deletes a user: true, or throws.
const { MongoClient, ObjectId } = require('mongodb');

// Ids of this collection are ObjectIds, and the driver throws at any text that is none.
function isId(id) {
  return /^[0-9a-f]{24}$/.test(String(id));
}

async function deleteUser(id, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
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
