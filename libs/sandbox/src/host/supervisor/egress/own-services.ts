import { isIP } from 'node:net';
import type { EgressRule } from '../../../sandbox.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { addressesMeant } from './address-class.ts';
import { anyRuleCovers, compileRule, type Destination, type DestinationRule } from './destination-rule.ts';

/** The services that no script may reach, whatever allows it. */
export type OwnServices = {
  covers(destination: Destination): boolean;
  close(): void;
};

export type OwnServicesDeps = {
  lookup(name: string): Promise<readonly { readonly address: string }[]>;
  readonly log: SandboxLog;
  readonly refreshMs?: number;
};

const REFRESH_MS = 30_000;
/** An address is kept closed for so many looks after the name has left it: who moves does not leave at once. */
const LOOKS_KEPT = 10;

type Named = { readonly host: string; readonly port: EgressRule['port']; readonly seen: Map<string, number> };

const isName = ({ host }: EgressRule): boolean => !host.includes('/') && isIP(host) === 0;

const coversNamed = (named: Named, address: string, port: number): boolean =>
  (named.port === '*' || named.port === port) && named.seen.has(address);

const refresh = async (named: Named, { lookup, log }: OwnServicesDeps): Promise<void> => {
  try {
    const found = await lookup(named.host);
    for (const [address, looks] of named.seen)
      if (looks > 1) named.seen.set(address, looks - 1);
      else named.seen.delete(address);
    for (const { address } of found) for (const meant of addressesMeant(address)) named.seen.set(meant, LOOKS_KEPT);
  } catch {
    log.warn({ host: named.host }, 'the addresses of an own service are not known: closed by its name alone');
  }
};

/**
 * A rule that names a host closes the host's addresses too, by whatever name or disguise they are asked for; they are
 * looked up before the first answer and again and again. Throws on a rule that cannot be read.
 */
export const createOwnServices = async (rules: readonly EgressRule[], deps: OwnServicesDeps): Promise<OwnServices> => {
  const compiled: readonly DestinationRule[] = rules.map(compileRule);
  const named = rules.filter(isName).map(({ host, port }) => ({ host, port, seen: new Map<string, number>() }));
  const look = () => Promise.all(named.map((one) => refresh(one, deps)));
  await look();
  const timer = named.length > 0 ? setInterval(look, deps.refreshMs ?? REFRESH_MS).unref() : undefined;
  const covers: OwnServices['covers'] = ({ host, address, port }) =>
    [address, ...addressesMeant(address)].some(
      (meant) =>
        anyRuleCovers(compiled, { host, address: meant, port }) || named.some((one) => coversNamed(one, meant, port)),
    );
  return { covers, close: () => clearInterval(timer) };
};
