import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { KubernetesObject } from './manifests.ts';

const selector = z.strictObject({ matchLabels: z.record(z.string(), z.string()).default({}) });
const ipBlock = z.strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) });
const peer = z.strictObject({
  podSelector: selector.optional(),
  namespaceSelector: selector.optional(),
  ipBlock: ipBlock.optional(),
});
const portRange = z.strictObject({
  protocol: z.enum(['TCP', 'UDP']),
  port: z.number(),
  endPort: z.number().optional(),
});
const rule = (peers: 'from' | 'to') =>
  z.strictObject({ [peers]: z.array(peer), ports: z.array(portRange) }).transform((value) => ({
    peers: value[peers] as z.infer<typeof peer>[],
    ports: value.ports as z.infer<typeof portRange>[],
  }));
const policySpec = z.strictObject({
  podSelector: selector,
  policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
  ingress: z.array(rule('from')).default([]),
  egress: z.array(rule('to')).default([]),
});

type Selector = z.infer<typeof selector>;
type Peer = z.infer<typeof peer>;
type Rule = z.infer<ReturnType<typeof rule>>;
type Labels = Readonly<Record<string, string>>;

/** Somebody who sends or is sent to: a pod, by its labels and its namespace's, or an address outside of the cluster. */
export type Place = { readonly labels: Labels; readonly namespaceLabels: Labels } | { readonly address: string };

export type Port = { readonly protocol: 'TCP' | 'UDP'; readonly port: number };

export type Policy = { readonly namespace: string; readonly spec: z.infer<typeof policySpec> };

/** Reads policies strictly: a form that this does not know of is an error, never a rule that is overlooked. */
export const readPolicies = (objects: readonly KubernetesObject[]): readonly Policy[] =>
  objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? 'default', spec: policySpec.parse(spec) }));

const matches = ({ matchLabels }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

const NAMESPACE = 'kubernetes.io/metadata.name';

const within = (cidr: string, address: string): boolean => {
  const [network = '', bits] = cidr.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) !== (family === 'ipv6' ? 6 : 4)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
};

/** A peer without a namespace selector means pods of the policy's own namespace. */
const isPeer = (namespace: string, { podSelector, namespaceSelector, ipBlock: block }: Peer, place: Place): boolean => {
  if ('address' in place)
    return (
      block !== undefined &&
      within(block.cidr, place.address) &&
      !block.except.some((cidr) => within(cidr, place.address))
    );
  if (block !== undefined) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? place.namespaceLabels[NAMESPACE] === namespace
      : matches(namespaceSelector, place.namespaceLabels);
  return inNamespace && (podSelector === undefined || matches(podSelector, place.labels));
};

const allows = (namespace: string, { peers, ports }: Rule, place: Place, { protocol, port }: Port): boolean =>
  peers.some((each) => isPeer(namespace, each, place)) &&
  ports.some((range) => range.protocol === protocol && port >= range.port && port <= (range.endPort ?? range.port));

/** Whether one side's policies let it through: nothing that no policy selects is held back, as Kubernetes has it. */
const passes = (
  policies: readonly Policy[],
  type: 'Ingress' | 'Egress',
  own: Place,
  other: Place,
  port: Port,
): boolean => {
  if ('address' in own) return true;
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      own.namespaceLabels[NAMESPACE] === namespace &&
      spec.policyTypes.includes(type) &&
      matches(spec.podSelector, own.labels),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) =>
    (type === 'Ingress' ? spec.ingress : spec.egress).some((each) => allows(namespace, each, other, port)),
  );
};

/** Whether these policies let `from` open a connection to that port of `to`. */
export const canReach = (policies: readonly Policy[], from: Place, to: Place, port: Port): boolean =>
  passes(policies, 'Egress', from, to, port) && passes(policies, 'Ingress', to, from, port);
