CREATE TABLE users (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  email varchar(255) /*!80000 COLLATE utf8mb4_0900_as_ci */ /*M!101000 COLLATE utf8mb4_uca1400_as_ci */ UNIQUE,
  phone varchar(64) UNIQUE,
  username varchar(255) COLLATE utf8mb4_bin UNIQUE,
  password varchar(255) NOT NULL,
  nickname varchar(255),
  photo varchar(2048),
  created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
) CHARACTER SET utf8mb4;
