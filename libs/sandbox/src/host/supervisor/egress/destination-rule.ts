import { egressHostProblem, plainHost } from '@userferry/script-contract';
import ipaddr from 'ipaddr.js';
import type { EgressRule } from '../../../sandbox.ts';
import { parseAddress } from './address-class.ts';

/** Where a connection is to go: the name that the script used, and one address that it resolved to. */
export type Destination = { readonly host: string; readonly address: string; readonly port: number };

/** A rule made ready for matching. */
export type DestinationRule = {
  /** Does the rule cover this host or address, whatever the port? */
  covers(destination: Omit<Destination, 'port'>): boolean;
  readonly port: number | '*';
};

const addressMatcher = (host: string): ((address: string) => boolean) | undefined => {
  const [network, bits] = host.includes('/') ? ipaddr.parseCIDR(host) : [parseAddress(host), undefined];
  if (network === undefined) return undefined;
  const prefix = bits ?? (network.kind() === 'ipv4' ? 32 : 128);
  return (text) => {
    const address = text.includes('%') ? undefined : parseAddress(text);
    return address?.kind() === network.kind() && address.match(network, prefix);
  };
};

/** What is wrong with a rule, in words that follow its host. */
export const ruleProblem = ({ host, port }: EgressRule): string | undefined =>
  port === '*' || (Number.isInteger(port) && port > 0 && port < 65536)
    ? egressHostProblem(host)
    : 'needs a port from 1 to 65535, or *';

/** Compiles one rule of an allow-list. Throws on a host or a port that is none. */
export const compileRule = (rule: EgressRule): DestinationRule => {
  const { host, port } = rule;
  const problem = ruleProblem(rule);
  if (problem !== undefined) throw new Error(`egress rule ${host}:${port}: ${host} ${problem}`);
  const matchesAddress = addressMatcher(host);
  const name = plainHost(host);
  return {
    port,
    covers: (destination) => matchesAddress?.(destination.address) ?? plainHost(destination.host) === name,
  };
};

/** Does any of the rules cover the destination with its port? */
export const anyRuleCovers = (rules: readonly DestinationRule[], destination: Destination): boolean =>
  rules.some((rule) => (rule.port === '*' || rule.port === destination.port) && rule.covers(destination));
