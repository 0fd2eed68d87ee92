import type { EgressRule } from '@userferry/sandbox';
import { egressHostProblem } from '@userferry/script-contract';

/** `problem` is said of the rule, in words that follow its number. */
export type ParsedRule = { readonly rule: EgressRule } | { readonly problem: string };

/** `host:port`, `10.0.0.0/8:5432`, `[2001:db8::1]:443` or `host:*`. */
export const parseEgressRule = (text: string): ParsedRule => {
  const match = /^(?:\[([^\s[\]]+)\]|([^\s:[\]]+)):(\*|\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === '*' ? '*' : Number(match?.[3]);
  if (host === undefined) return { problem: 'must be HOST:PORT, an IPv6 address in brackets' };
  if (port !== '*' && (port < 1 || port > 65535)) return { problem: 'must have a port from 1 to 65535, or *' };
  const problem = egressHostProblem(host);
  return problem === undefined ? { rule: { host, port } } : { problem: `has a host that ${problem}` };
};
