import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readKubernetes, readText } from './manifests.ts';
import { canReach, type Place, type Port, readPolicies } from './reachability.ts';

const objects = readKubernetes('deploy/kubernetes/base');
const policies = readPolicies(objects);

const pod = (name: string, namespace: string, namespaceLabels = {}): Place => ({
  labels: { 'app.kubernetes.io/name': name },
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels },
});

/** One of ours, with the labels that its manifest gives it. */
const ours = (name: string, namespace: string): Place => {
  const workload = objects.find(
    ({ kind, metadata }) => /^(Deployment|StatefulSet)$/.test(kind) && metadata.name === name,
  );
  const template = z.looseObject({
    template: z.looseObject({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) }),
  });
  expect(workload?.metadata.namespace).toBe(namespace);
  const { labels } = template.parse(workload?.spec).template.metadata;
  return { labels, namespaceLabels: { 'kubernetes.io/metadata.name': namespace } };
};

const PLACES: Readonly<Record<string, Place>> = {
  'a caller': pod('edge-auth', 'edge', { 'userferry.io/calls-gateway': 'true' }),
  'identity-gateway': ours('identity-gateway', 'userferry'),
  'script-runner': ours('script-runner', 'userferry-runner'),
  'migration-service': ours('migration-service', 'userferry'),
  'public-ip-service': ours('public-ip-service', 'userferry'),
  Prometheus: pod('prometheus', 'watching', { 'userferry.io/collects-metrics': 'true' }),
  'the store': pod('postgresql', 'databases', { 'userferry.io/store': 'true' }),
  names: { labels: { 'k8s-app': 'kube-dns' }, namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  'the internet': { address: '198.51.100.7' },
  'the internet by IPv6': { address: '2001:4860:4860::8888' },
  'a private network': { address: '10.11.12.13' },
  'a private network by IPv6': { address: 'fd00::7' },
  'the metadata service': { address: '169.254.169.254' },
  'somebody else': pod('something', 'elsewhere'),
  'somebody else in our namespace': pod('something', 'userferry'),
  'somebody else beside script-runner': pod('something', 'userferry-runner'),
};

const PORTS: readonly Port[] = [
  ...[53, 80, 443, 1433, 3306, 4317, 5432, 7100, 7101, 7102, 7103, 7104, 9464, 27017].map((port) => ({
    protocol: 'TCP' as const,
    port,
  })),
  ...[53, 123, 3478].map((port) => ({ protocol: 'UDP' as const, port })),
];

const spoken = ({ protocol, port }: Port): string => `${protocol} ${port}`;

const isOutside = (name: string): boolean => 'address' in (PLACES[name] as Place);

/** From → to → ports, as the policies have it. Who is outside of the cluster reaches what its entrance lets in: not theirs. */
const computed = () =>
  Object.keys(PLACES).flatMap((from) =>
    Object.keys(PLACES).flatMap((to) => {
      if (isOutside(from)) return [];
      const open = PORTS.filter((port) => canReach(policies, PLACES[from] as Place, PLACES[to] as Place, port));
      return open.length === 0 ? [] : [`${from} → ${to}: ${open.map(spoken).join(', ')}`];
    }),
  );

/** Pods that no policy of ours is about may do among themselves what they like. */
const isOurs = (name: string): boolean => {
  const place = PLACES[name] as Place;
  return !('address' in place) && /^userferry/.test(place.namespaceLabels['kubernetes.io/metadata.name'] ?? '');
};

const documented = (): string[] => {
  const rows = [...readText('docs/deploying.md').matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];
  const start = rows.findIndex(([, from]) => from === 'from');
  return rows
    .slice(start + 1)
    .flatMap(([, from = '', to = '', ports = '']) => (from.startsWith('-') ? [] : [`${from} → ${to}: ${ports}`]));
};

const ANY_TCP = PORTS.filter(({ protocol }) => protocol === 'TCP')
  .map(spoken)
  .join(', ');

describe('the network policies', () => {
  it('let exactly those reach each other whom docs/deploying.md names, and nobody else', () => {
    const rows = documented().map((row) => row.replace('TCP any', ANY_TCP));
    expect(rows.length).toBeGreaterThan(10);
    const ofOurs = computed().filter((line) =>
      line
        .split(/ → |: /)
        .slice(0, 2)
        .some(isOurs),
    );
    expect(ofOurs.sort()).toEqual(rows.sort());
  });

  it.each(['the store', 'migration-service', 'identity-gateway', 'the metadata service', 'a private network'])(
    'give script-runner no way to %s, on any port',
    (to) => {
      const open = PORTS.filter((port) =>
        canReach(policies, PLACES['script-runner'] as Place, PLACES[to] as Place, port),
      );
      expect(open).toEqual([]);
    },
  );

  it.each(['the internet', 'the internet by IPv6', 'a private network', 'script-runner', 'somebody else'])(
    'give migration-service no way to %s, on any port',
    (to) => {
      const open = PORTS.filter((port) =>
        canReach(policies, PLACES['migration-service'] as Place, PLACES[to] as Place, port),
      );
      expect(open).toEqual([]);
    },
  );

  it('that are read here are all known in their form: another one is an error, not overlooked', () => {
    const policy = (spec: object) => [
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'x' }, spec },
    ];
    const base = { podSelector: {}, policyTypes: ['Egress'] };
    expect(() =>
      readPolicies(policy({ ...base, egress: [{ to: [{ podSelector: { matchExpressions: [] } }], ports: [] }] })),
    ).toThrow();
    expect(() => readPolicies(policy({ ...base, egress: [{}] }))).toThrow();
    expect(readPolicies(policy(base))).toHaveLength(1);
  });

  it('that let too much through would be seen: one more rule is one more line', () => {
    const [opened] = readPolicies([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'planted', namespace: 'userferry-runner' },
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 5432 }] }],
        },
      },
    ]);
    const more = opened === undefined ? policies : [...policies, opened];
    const store = [PLACES['script-runner'] as Place, PLACES['the store'] as Place] as const;
    expect(canReach(policies, ...store, { protocol: 'TCP', port: 5432 })).toBe(false);
    expect(canReach(more, ...store, { protocol: 'TCP', port: 5432 })).toBe(true);
  });
});
