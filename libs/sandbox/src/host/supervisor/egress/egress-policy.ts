import type { EgressRule } from '../../../sandbox.ts';
import { type AddressClass, addressesMeant, classifyAddress } from './address-class.ts';
import { anyRuleCovers, compileRule, type Destination, type DestinationRule } from './destination-rule.ts';
import { isMetadataName } from './metadata-names.ts';

export type EgressDenial = {
  readonly rule: AddressClass | 'own_address' | 'mail_port' | 'port_zero' | 'own_service' | 'connection_list';
};

export type EgressPolicy = {
  /** May a script connect there? `undefined` means yes. Ask it with the very address that will be connected to. */
  deny(destination: Destination, own?: readonly DestinationRule[]): EgressDenial | undefined;
  /** Why a script may not see this address in a DNS answer; `undefined` when it could be reached on some port. */
  hides(answer: Omit<Destination, 'port'>, own?: readonly DestinationRule[]): EgressDenial | undefined;
};

export type EgressSettings = {
  /** What the deployment opens among that which is denied by default. */
  readonly allow: readonly EgressRule[];
  /** What nobody may open: the deployment's own services. */
  readonly isOwnService?: (destination: Destination) => boolean;
  /** Does the address belong to this very machine? */
  readonly isOwnAddress?: (address: string) => boolean;
  /** Where this process listens, on whatever address of this machine. */
  readonly ownPorts?: ReadonlySet<number>;
};

/** SMTP, its two ports for submission, and the one that providers of mail offer where those are closed. */
const MAIL_PORTS = new Set([25, 465, 587, 2525]);

/** Nothing opens these: credentials of the machine itself, many receivers at once, names of interfaces, "this host". */
const NEVER = new Set<AddressClass>(['metadata_service', 'multicast', 'zone_id', 'unspecified']);

const createNever = ({ isOwnService, isOwnAddress, ownPorts }: EgressSettings) => {
  const isHere = (address: string): boolean =>
    addressesMeant(address).some((meant) => classifyAddress(meant) === 'loopback' || isOwnAddress?.(meant) === true);
  return (destination: Destination): EgressDenial | undefined => {
    const kind = classifyAddress(destination.address);
    if (kind !== undefined && NEVER.has(kind)) return { rule: kind };
    if (isMetadataName(destination.host)) return { rule: 'metadata_service' };
    if (destination.port === 0) return { rule: 'port_zero' };
    const isOwn = isOwnService?.(destination) || (ownPorts?.has(destination.port) && isHere(destination.address));
    return isOwn ? { rule: 'own_service' } : undefined;
  };
};

const denyDefault = (
  destination: Destination,
  isOwnAddress: EgressSettings['isOwnAddress'],
): EgressDenial | undefined => {
  const kind = classifyAddress(destination.address);
  if (kind !== undefined) return { rule: kind };
  if (addressesMeant(destination.address).some((meant) => isOwnAddress?.(meant))) return { rule: 'own_address' };
  return MAIL_PORTS.has(destination.port) ? { rule: 'mail_port' } : undefined;
};

/**
 * Deny by default whatever is not a public unicast address of another machine; the deployment's list opens exceptions (a
 * mail port only when the rule names that very port); a connection's own list can only narrow.
 */
export const createEgressPolicy = (settings: EgressSettings): EgressPolicy => {
  const allow = settings.allow.map(compileRule);
  const denyNever = createNever(settings);
  const opened = (destination: Destination) =>
    anyRuleCovers(MAIL_PORTS.has(destination.port) ? allow.filter(({ port }) => port !== '*') : allow, destination);
  const deny: EgressPolicy['deny'] = (destination, own) => {
    const denial =
      denyNever(destination) ?? (opened(destination) ? undefined : denyDefault(destination, settings.isOwnAddress));
    if (denial !== undefined) return denial;
    return own === undefined || anyRuleCovers(own, destination) ? undefined : { rule: 'connection_list' };
  };
  const hides: EgressPolicy['hides'] = (answer, own) => {
    const denials = portsWorthTrying(allow, own).map((port) => deny({ ...answer, port }, own));
    return denials.includes(undefined) ? undefined : denials[0];
  };
  return { deny, hides };
};

/** A port that no rule names stands for all those that no rule names. */
const UNNAMED_PORT = 65535;

const portsWorthTrying = (allow: readonly DestinationRule[], own: readonly DestinationRule[] = []): number[] => [
  UNNAMED_PORT,
  ...[...allow, ...own].flatMap(({ port }) => (port === '*' ? [] : [port])),
];
