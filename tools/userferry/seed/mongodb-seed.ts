import { startMongodbDouble } from '@userferry/testing';
import { ObjectId } from 'bson';
import { hashedPeople, idIn } from './people.ts';
import { databaseSeed, type StartSeed } from './seed.ts';

const DATABASE = 'company';
const USERS = `${DATABASE}.users`;

/** Its password is for the loopback alone, and told to everybody. */
const READER = { user: 'company_app', password: 'company_app' };

const documentOf = ({ id, ...person }: Awaited<ReturnType<typeof hashedPeople>>[number]) => ({
  _id: new ObjectId(idIn('mongodb', id)),
  ...person,
  createdAt: new Date(),
});

/** Not MongoDB itself, which no package brings: a server that speaks its protocol, and refuses what it does not know. */
export const startMongodb: StartSeed = async ({ port }) => {
  const server = await startMongodbDouble({
    port,
    users: [READER],
    database: DATABASE,
    collections: { [USERS]: (await hashedPeople()).map(documentOf) },
    uniqueFields: { [USERS]: ['email', 'phone', 'username'] },
  });
  return databaseSeed('mongodb', server.uri, server.stop);
};
