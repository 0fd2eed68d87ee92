// Lists users page by page; pages count from 1.
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

async function listUsers(page, limit, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const totalCount = await users.countDocuments({});
    const found = await users
      .find({})
      .sort({ _id: 1 })
      .skip((page - 1) * limit)
      .limit(limit)
      .toArray();
    return { totalCount, list: found.map(toProfile) };
  } finally {
    await client.close();
  }
}
