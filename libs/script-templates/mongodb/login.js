// Proves a password: returns the profile, or throws.
const { MongoClient } = require('mongodb');
const bcrypt = require('bcrypt');

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
    const user = await users.findOne({ $or: given(query, ['email', 'phone', 'username']) });
    if (!user) throw new UserNotFoundError('User does not exist');
    if (!(await bcrypt.compare(password, user.password))) throw new WrongUsernameOrPasswordError('Password is wrong');
    return toProfile(user);
  } finally {
    await client.close();
  }
}
