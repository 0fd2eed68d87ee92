// What a second login comes down to: the comparison, and nothing else.
const bcrypt = require('bcrypt');

async function login(password) {
  if (!(await bcrypt.compare(password, env.HASH))) throw new Error('Password is wrong');
}
