// Finds users whose identifiers or nickname hold a keyword.
const { MongoClient } = require('mongodb');

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

async function searchUser(keyword, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const pattern = new RegExp(keyword.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
    const found = await users
      .find({ $or: ['email', 'phone', 'username', 'nickname'].map((name) => ({ [name]: pattern })) })
      .limit(100)
      .toArray();
    return { totalCount: found.length, list: found.map(toProfile) };
  } finally {
    await client.close();
  }
}
