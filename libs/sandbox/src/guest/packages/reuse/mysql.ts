/** Where mysql2 connects: tells the host which of its sessions may be kept for a later run. */
import { REUSE_KEY, setFirstWords } from '../../modules/net/reuse-key.ts';
import { NativeUint8Array } from '../../primordials.ts';
import { sessionKey, tlsDefaults } from './plain-options.ts';

type Config = Readonly<Record<string, unknown>>;

/** What a session depends on beside its credentials: all but how the driver reads its rows. */
const SESSION = [
  ...(['database', 'charsetNumber', 'clientFlags', 'connectAttributes'] as const),
  ...(['insecureAuth', 'enableCleartextPlugin', 'ssl'] as const),
];

/** The server speaks first. */
const NO_WORDS = new NativeUint8Array(0);

/** Undefined for one whose session is not kept: another protocol, or functions and hashes that nobody can compare. */
function keyOf(config: Config): string | undefined {
  const { user, password, password2, password3, passwordSha1 } = config;
  if (config.compress || config.authPlugins || config.authSwitchHandler || config.infileStreamFactory) return undefined;
  if (passwordSha1) return undefined;
  const parts: unknown[] = [];
  for (let i = 0; i < SESSION.length; i++) parts[i] = config[SESSION[i] as string];
  return sessionKey('mysql', [user, password, password2, password3], [parts, config.ssl ? tlsDefaults() : null]);
}

/** The options for `net.connect`. */
export function mysqlTarget(config: Config): object {
  const { port, host } = config;
  const key = keyOf(config);
  if (key === undefined) return { port, host };
  const target = { port, host, [REUSE_KEY]: key };
  setFirstWords(target, NO_WORDS);
  return target;
}
