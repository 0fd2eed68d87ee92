CREATE TABLE users (
  id int IDENTITY PRIMARY KEY,
  email nvarchar(255),
  phone nvarchar(64),
  username nvarchar(255),
  password nvarchar(255) NOT NULL,
  nickname nvarchar(255),
  photo nvarchar(2048)
);
CREATE UNIQUE INDEX users_email ON users (email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_phone ON users (phone) WHERE phone IS NOT NULL;
CREATE UNIQUE INDEX users_username ON users (username) WHERE username IS NOT NULL;
