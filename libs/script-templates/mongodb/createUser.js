// Creates a user and returns the profile; throws when there is one already (unique indexes on the identifiers).
const { MongoClient } = require('mongodb');
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

async function createUser(userInfo, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const document = { createdAt: new Date() };
    for (const name of FIELDS) if (userInfo[name]) document[name] = userInfo[name];
    if (userInfo.password) document.password = await bcrypt.hash(userInfo.password, 10);
    const inserted = await users.insertOne(document);
    return toProfile({ ...document, _id: inserted.insertedId });
  } catch (error) {
    if (error.code === 11000) throw new UserExistsError('User already exists');
    throw error;
  } finally {
    await client.close();
  }
}
