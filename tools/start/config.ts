import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { port, readEnv, serviceFields, whole } from '@userferry/process';
import { parse } from 'dotenv';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));

const dotenv = (): Record<string, string> => {
  const file = `${root}.env`;
  return existsSync(file) ? parse(readFileSync(file)) : {};
};

/** What `npm start` reads itself, from the environment and a `.env` file; the environment wins. */
export const readConfig = () => {
  const all: Record<string, string | undefined> = { ...dotenv(), ...process.env };
  const env = readEnv(
    {
      DATABASE_URL: z.string().optional(),
      USERFERRY_DATA_FOLDER: z.string().default(`${root}data`),
      USERFERRY_SERVICE_TOKEN: serviceFields.USERFERRY_SERVICE_TOKEN.optional(),
      USERFERRY_HTTP_PORT: port().default(7100),
      USERFERRY_GATEWAY_PORT: port().default(7101),
      USERFERRY_RUNNER_PORT: port().default(7102),
      USERFERRY_MIGRATION_PORT: port().default(7103),
      USERFERRY_PUBLIC_IP_PORT: port().default(7104),
      USERFERRY_LOCAL_DATABASE_PORT: whole(0, 65535).default(0),
    },
    all,
  );
  return { ...env, forServices: onlyOurs(all) };
};

/** The variables that go on to the services; DATABASE_URL goes to the migration-service alone. */
const onlyOurs = (all: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && /^(USERFERRY_|PUBLIC_IPS(_FILE)?$)/.test(entry[0]),
    ),
  );
