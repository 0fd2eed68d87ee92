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

// Ids of this collection are ObjectIds, and the driver throws at any text that is none.
function isId(id) {
  return /^[0-9a-f]{24}$/.test(String(id));
}

async function updateUser(id, updates, context) {
  if (!isId(id)) throw new UserNotFoundError('User does not exist');
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
  } catch (error) {
    if (error.code === 11000) throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await client.close();
  }
}
