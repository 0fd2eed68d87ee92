import type { EgressRule } from '../../../sandbox.ts';
import { type AddressClass, classifyAddress } from './address-class.ts';
import { anyRuleCovers, compileRule, type Destination, type DestinationRule } from './destination-rule.ts';

export type EgressDenial = {
  readonly rule: AddressClass | 'mail_port' | 'port_zero' | 'own_service' | 'connection_list';
};

export type EgressPolicy = {
  /** May a script connect there? `undefined` means yes. Ask it with the very address that will be connected to. */
  deny(destination: Destination, own?: readonly DestinationRule[]): EgressDenial | undefined;
  /** May a script see this address in a DNS answer: is there any port on which it could be reached? */
  shows(answer: Omit<Destination, 'port'>, own?: readonly DestinationRule[]): boolean;
};

export type EgressSettings = {
  /** What the deployment opens among that which is denied by default. */
  readonly allow: readonly EgressRule[];
  /** What nobody may open: the deployment's own services. */
  readonly never?: readonly EgressRule[];
};

const MAIL_PORTS = new Set([25, 465, 587]);

/** Nothing opens these: credentials of the machine itself, many receivers at once, names of interfaces. */
const NEVER = new Set<AddressClass>(['metadata_service', 'multicast', 'zone_id']);

const denyNever = (destination: Destination, never: readonly DestinationRule[]): EgressDenial | undefined => {
  const kind = classifyAddress(destination.address);
  if (kind !== undefined && NEVER.has(kind)) return { rule: kind };
  if (destination.port === 0) return { rule: 'port_zero' };
  return anyRuleCovers(never, destination) ? { rule: 'own_service' } : undefined;
};

const denyDefault = (destination: Destination): EgressDenial | undefined => {
  const kind = classifyAddress(destination.address);
  if (kind !== undefined) return { rule: kind };
  return MAIL_PORTS.has(destination.port) ? { rule: 'mail_port' } : undefined;
};

/**
 * Deny by default whatever is not a public unicast address; the deployment's list opens exceptions (a mail port only
 * when the rule names that very port); a connection's own list can only narrow.
 */
export const createEgressPolicy = (settings: EgressSettings): EgressPolicy => {
  const allow = settings.allow.map(compileRule);
  const never = (settings.never ?? []).map(compileRule);
  const opened = (destination: Destination) =>
    anyRuleCovers(MAIL_PORTS.has(destination.port) ? allow.filter(({ port }) => port !== '*') : allow, destination);
  const deny: EgressPolicy['deny'] = (destination, own) => {
    const denial =
      denyNever(destination, never) ?? (opened(destination) ? undefined : denyDefault(destination)) ?? undefined;
    if (denial !== undefined) return denial;
    return own === undefined || anyRuleCovers(own, destination) ? undefined : { rule: 'connection_list' };
  };
  const shows: EgressPolicy['shows'] = (answer, own) =>
    portsWorthTrying(allow, own).some((port) => deny({ ...answer, port }, own) === undefined);
  return { deny, shows };
};

/** A port that no rule names stands for all those that no rule names. */
const UNNAMED_PORT = 65535;

const portsWorthTrying = (allow: readonly DestinationRule[], own: readonly DestinationRule[] = []): number[] => [
  UNNAMED_PORT,
  ...[...allow, ...own].flatMap(({ port }) => (port === '*' ? [] : [port])),
];
