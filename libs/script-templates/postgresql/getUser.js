// Finds one user by any of their ids and identifiers: the profile, or null.
const { Client } = require('pg');

function toProfile(row) {
  return {
    id: row.id,
    email: row.email,
    phone: row.phone,
    username: row.username,
    nickname: row.nickname,
    photo: row.photo,
    createdAt: row.created_at,
  };
}

// Ids of this table are bigint, and PostgreSQL throws at any text that is none.
function isId(id) {
  return /^[1-9]\d{0,18}$/.test(String(id)) && BigInt(id) < 2n ** 63n;
}

async function getUser(query, context) {
  const client = new Client({ connectionString: env.DB_CONNECTION_URI });
  await client.connect();
  try {
    // E-mail whatever its case, as Userferry compares it; an exact spelling first. A large table wants an index for that:
    // CREATE INDEX ON users (lower(email));
    const found = await client.query(
      'SELECT id, email, phone, username, nickname, photo, created_at FROM users WHERE id = $1 OR lower(email) = lower($2) OR phone = $3 OR username = $4 ORDER BY email = $2 DESC',
      [isId(query.id) ? query.id : null, query.email, query.phone, query.username],
    );
    return found.rows[0] ? toProfile(found.rows[0]) : null;
  } finally {
    await client.end();
  }
}
