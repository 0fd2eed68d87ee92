import type { EgressRule } from '@userferry/sandbox';

/** `host:port`, `10.0.0.0/8:5432`, `[2001:db8::1]:443` or `host:*`; `undefined` for anything else. */
export const parseEgressRule = (text: string): EgressRule | undefined => {
  const match = /^(?:\[([0-9a-fA-F:]+(?:\/\d{1,3})?)\]|([^\s:[\]]+)):(\*|\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === '*' ? '*' : Number(match?.[3]);
  if (host === undefined || (port !== '*' && (port < 1 || port > 65535))) return undefined;
  return { host, port };
};
