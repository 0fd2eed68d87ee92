import { isIP } from 'node:net';
import { commaList } from '@userferry/process';
import { z } from 'zod';

const isNetwork = (text: string): boolean => {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
};

/** What the console and its JSON API read from the environment. */
export const consoleFields = {
  USERFERRY_CONSOLE_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .meta({ example: 'what `openssl rand -hex 32` prints' })
    .optional(),
  USERFERRY_CONSOLE_FOLDER: z.string().optional(),
  USERFERRY_TRUSTED_PROXIES: commaList()
    .refine((networks) => networks.every(isNetwork), 'must be addresses or networks with commas between')
    .optional(),
};

type Env = z.infer<z.ZodObject<typeof consoleFields>>;

export const consoleOf = (env: Env) => ({
  consoleFolder: env.USERFERRY_CONSOLE_FOLDER,
  consoleSecret: env.USERFERRY_CONSOLE_SECRET,
  trustedProxies: env.USERFERRY_TRUSTED_PROXIES ?? [],
});
