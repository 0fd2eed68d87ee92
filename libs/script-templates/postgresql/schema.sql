CREATE TABLE users (
  id bigserial PRIMARY KEY,
  email text,
  phone text UNIQUE,
  username text UNIQUE,
  password text NOT NULL,
  nickname text,
  photo text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
