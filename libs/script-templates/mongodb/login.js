// Proves a password: returns the profile, or throws.
const { MongoClient } = require('mongodb');
const bcrypt = require('bcrypt');

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

async function login(query, password, context) {
  const client = await MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  try {
    const users = client.db().collection('users');
    const user = query.email
      ? await findByEmail(users, query.email)
      : await users.findOne({ $or: given(query, ['phone', 'username']) });
    if (!user) throw new UserNotFoundError('User does not exist');
    // What PHP writes as $2y$ is bcrypt's $2b$.
    const hash = (user.password ?? '').replace(/^\$2y\$/, '$2b$');
    if (!(await bcrypt.compare(password, hash))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(user);
  } finally {
    await client.close();
  }
}
