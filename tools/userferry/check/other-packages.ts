/** Packages that scripts from elsewhere require, by the module of ours with which the same is done. */
const TAKES_ITS_PLACE: Readonly<Record<string, readonly string[]>> = {
  mysql2: ['mysql'],
  pg: ['pg-promise', 'postgres', 'pg-native'],
  mssql: ['tedious', 'msnodesqlv8'],
  mongodb: ['mongoose', 'mongodb-legacy'],
  axios: ['request', 'request-promise', 'request-promise-native', 'node-fetch', 'got', 'superagent', 'needle'],
  bcrypt: ['bcryptjs', 'bcrypt-nodejs', 'bcrypt-node'],
  crypto: ['argon2', 'md5', 'sha1', 'sha256', 'pbkdf2', 'scrypt-js', 'crypto-js', 'uuid', 'jsonwebtoken'],
  lodash: ['underscore', 'lodash-es'],
};

const PLACES = new Map(
  Object.entries(TAKES_ITS_PLACE).flatMap(([ours, others]) => others.map((other): [string, string] => [other, ours])),
);

/** What a script does that requires a package by a version, or one that another of those `offered` takes the place of. */
export const insteadOf = (name: string, offered: readonly string[]): string | undefined => {
  const ours = PLACES.get(name);
  if (ours !== undefined && offered.includes(ours)) return `${ours} takes its place`;
  const [, unversioned = ''] = /^([^@]+)@/.exec(name) ?? [];
  return offered.includes(unversioned) ? `${unversioned} is here without a number of your choice` : undefined;
};
