// Finds one user by any of their ids and identifiers: the profile, or null.
const { MongoClient, ObjectId } = require('mongodb');

function given(query, names) {
  return names.filter((name) => query[name]).map((name) => ({ [name]: query[name] }));
}

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

async function getUser(query, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const conditions = given(query, ['email', 'phone', 'username']);
    if (query.id && ObjectId.isValid(String(query.id))) {
      conditions.push({ _id: new ObjectId(String(query.id)) });
    }
    if (conditions.length === 0) return null;
    const user = await users.findOne({ $or: conditions });
    return user ? toProfile(user) : null;
  } finally {
    await client.close();
  }
}
