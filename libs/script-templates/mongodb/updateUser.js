// Changes profile fields and password: the latest profile, or null when there was nothing to change.
const { MongoClient, ObjectId } = require('mongodb');
const bcrypt = require('bcrypt');

const FIELDS = ['email', 'phone', 'username', 'nickname', 'photo'];

function toProfile(document) {
  return {
    id: document._id.toString(),
    email: document.email,
    phone: document.phone,
    username: document.username,
    nickname: document.nickname,
    photo: document.photo,
    createdAt: document.createdAt,
  };
}

async function updateUser(id, updates, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const changes = {};
    for (const name of FIELDS) if (name in updates) changes[name] = updates[name];
    if (updates.password) changes.password = await bcrypt.hash(updates.password, 10);
    if (Object.keys(changes).length === 0) return null;
    const updated = await users.updateOne({ _id: new ObjectId(String(id)) }, { $set: changes });
    if (updated.matchedCount === 0) throw new UserNotFoundError('User does not exist');
    return toProfile(await users.findOne({ _id: new ObjectId(String(id)) }));
  } finally {
    await client.close();
  }
}
