// Finds one user by any of their ids and identifiers: the profile, or null.
const { MongoClient, ObjectId } = require('mongodb');

// E-mail whatever its case, as Userferry compares it; an exact spelling first. A large collection wants an index for that:
// db.users.createIndex({ email: 1 }, { collation: { locale: 'en', strength: 2 } })
const ANY_CASE = { collation: { locale: 'en', strength: 2 } };

async function findByEmail(users, email) {
  return (await users.findOne({ email })) ?? (await users.findOne({ email }, ANY_CASE));
}

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

// Ids of this collection are ObjectIds, and the driver throws at any text that is none.
function isId(id) {
  return /^[0-9a-f]{24}$/.test(String(id));
}

async function getUser(query, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const conditions = given(query, ['phone', 'username']);
    if (isId(query.id)) {
      conditions.push({ _id: new ObjectId(String(query.id)) });
    }
    const user =
      (query.email && (await findByEmail(users, query.email))) ||
      (conditions.length > 0 && (await users.findOne({ $or: conditions })));
    return user ? toProfile(user) : null;
  } finally {
    await client.close();
  }
}
