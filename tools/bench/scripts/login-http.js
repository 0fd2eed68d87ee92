const axios = require('axios');

async function login(query, password, context) {
  const { status, data } = await axios.post(
    env.API_URL,
    { email: query.email, password },
    { validateStatus: () => true },
  );
  if (status === 401) throw new Error('The e-mail address or the password is wrong');
  if (status !== 200) throw new Error(`The service answered ${status}`);
  console.log(`member ${data.id} proven for ${context.userPoolName}`);
  return { id: String(data.id), email: data.email };
}
