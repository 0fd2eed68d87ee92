/** Lists of name servers. Which are asked is the supervisor's to decide: what a script sets is kept and not used. */
import { isIP } from '../net/ip.ts';
import { invalidArgType, nodeError, validateString } from '../node-errors.ts';

const STANDARD_PORT = 53;

function serverOf(given: unknown, index: number): string {
  validateString(given, `servers[${index}]`);
  const text = given as string;
  const [, address, port] =
    (isIP(text) > 0 ? [text, text] : (/^\[([^[\]]*)\](?::(\d+))?/.exec(text) ?? /^(.+?)(?::(\d+))?$/.exec(text))) ?? [];
  const family = isIP(address);
  if (family === 0) throw nodeError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${text}`);
  const number = Number(port) || STANDARD_PORT;
  if (number === STANDARD_PORT) return address as string;
  return family === 6 ? `[${address}]:${number}` : `${address}:${number}`;
}

/** Names as `getServers` gives them. Throws what Node throws for lists that are none. */
export function serversOf(given: unknown): readonly string[] {
  if (!Array.isArray(given)) throw invalidArgType('servers', 'an instance of Array', given);
  return given.map(serverOf);
}

export const STANDARD_SERVERS: readonly string[] = ['127.0.0.1'];
