import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type KubernetesObject, ROOT, readKubernetes, readText } from './manifests.ts';

const objects = readKubernetes('deploy/kubernetes/base');
const patches = readKubernetes('deploy/kubernetes/full-sandbox');

const require = createRequire(import.meta.url);
type Model = new (value: unknown) => { validate(): void };

/** `apps/v1` → where kubernetes-models has it. */
const moduleOf = ({ apiVersion, kind }: KubernetesObject): string => {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? `kubernetes-models/v1/${kind}` : `kubernetes-models/${group}/${version}/${kind}`;
};

/** By the schemas of the Kubernetes API: required fields, types and forms. */
const problemOf = (object: KubernetesObject): string | undefined => {
  const model = (require(moduleOf(object)) as Record<string, Model>)[object.kind] as Model;
  try {
    new model(object).validate();
    return undefined;
  } catch (error) {
    return `${object.kind} ${object.metadata.name}: ${(error as Error).message}`;
  }
};

/** By the types of the same API: fields that it does not know, which a schema lets pass and a cluster drops or refuses. */
const unknownFields = (checked: readonly KubernetesObject[]): string => {
  const folder = mkdtempSync(join(ROOT, 'tools/deploy/.types-'));
  try {
    const lines = checked.map(
      (object, index) =>
        `import type { I${object.kind} as T${index} } from '${moduleOf(object)}';\nexport const o${index}: T${index} = ${JSON.stringify(object)};`,
    );
    writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--pretty',
      'false',
    ];
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...options, join(folder, 'objects.ts')], {
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const named = (kind: string, name: string): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};

const podSpec = z.looseObject({
  automountServiceAccountToken: z.boolean(),
  enableServiceLinks: z.boolean(),
  terminationGracePeriodSeconds: z.number(),
  hostUsers: z.boolean().optional(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean(),
    runAsUser: z.number(),
    seccompProfile: z.looseObject({ type: z.string() }),
  }),
  containers: z.array(
    z.looseObject({
      name: z.string(),
      env: z.array(z.object({ name: z.string(), value: z.string() })),
      ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
      resources: z.object({ requests: z.record(z.string(), z.string()), limits: z.record(z.string(), z.string()) }),
      securityContext: z.looseObject({}),
      volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
      livenessProbe: z.looseObject({}),
      readinessProbe: z.looseObject({}),
      startupProbe: z.looseObject({}),
    }),
  ),
  volumes: z.array(z.looseObject({ name: z.string() })),
  topologySpreadConstraints: z.array(z.looseObject({})),
});

const WORKLOADS = [
  ['Deployment', 'identity-gateway'],
  ['Deployment', 'script-runner'],
  ['Deployment', 'migration-service'],
  ['StatefulSet', 'public-ip-service'],
] as const;

const podOf = (kind: string, name: string) => {
  const { spec } = named(kind, name);
  const { template } = z.looseObject({ template: z.looseObject({ spec: podSpec }) }).parse(spec);
  const [container] = template.spec.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  return { pod: template.spec, container };
};

/** What a server of this service waits at the most for what runs, once it has stopped to take calls. */
const longestDrainMs = (name: string): number => {
  const number = (file: string, text: RegExp): number => {
    const [, found = ''] = text.exec(readText(file)) ?? [];
    expect(found).not.toBe('');
    return Number(found.replaceAll('_', ''));
  };
  const file = `apps/${name}/src/create-${name}.ts`;
  const callMsMax = number(file, /(?:callMsMax: |CALL_MS_MAX = )([\d_]+)/);
  return callMsMax + number('libs/grpc/src/server/create-server.ts', /const GRACE_MS = ([\d_]+)/);
};

describe('the manifests', () => {
  it('are what the Kubernetes API takes, field by field', () => {
    expect(objects.length).toBeGreaterThan(25);
    expect(objects.map(problemOf).filter((problem) => problem !== undefined)).toEqual([]);
    expect(unknownFields(objects)).toBe('');
  });

  it('would be refused with a field of the wrong type, a missing one, and one that there is not', () => {
    const deployment = named('Deployment', 'migration-service');
    const spec = deployment.spec as { template: { spec: object } };
    const changed = (more: object) => ({ ...deployment, spec: { ...spec, ...more } });
    expect(problemOf(changed({ replicas: 'three' }))).toMatch(/replicas must be integer/);
    expect(problemOf({ ...deployment, spec: { template: spec.template } })).toMatch(/selector/);
    const misspelt = { ...spec.template, spec: { ...spec.template.spec, hostUserz: false } };
    expect(unknownFields([changed({ template: misspelt })])).toMatch(/hostUserz/);
  });

  it('are all named by the kustomization, and no other file is', () => {
    const { resources } = parse(readText('deploy/kubernetes/base/kustomization.yaml')) as { resources: string[] };
    const fromFiles = resources.flatMap((file) => [
      ...readText(`deploy/kubernetes/base/${file}`).matchAll(/^kind: (\w+)$/gm),
    ]);
    expect(fromFiles).toHaveLength(objects.length);
  });

  it('patch what there is: the overlay for a full sandbox names a workload of the base', () => {
    expect(patches).toHaveLength(1);
    for (const { kind, metadata } of patches)
      expect(named(kind, metadata.name).metadata.namespace).toBe(metadata.namespace);
  });

  it.each(WORKLOADS)(
    '%s %s runs as nobody, writes nowhere but where it must, and holds no power and no token of the cluster',
    (kind, name) => {
      const { pod, container } = podOf(kind, name);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10_001 });
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(named('ServiceAccount', name)).toMatchObject({ automountServiceAccountToken: false });
      const writable = container.volumeMounts
        .filter(({ readOnly }) => readOnly !== true)
        .map(({ mountPath }) => mountPath);
      expect(writable).toEqual(name === 'script-runner' || name === 'public-ip-service' ? ['/var/lib/userferry'] : []);
      expect(Object.keys(container.resources.requests).sort()).toEqual(['cpu', 'memory']);
      expect(container.resources.limits.memory).toBeDefined();
    },
  );

  it('make an exception for script-runner alone: a user namespace, its own /proc, and profiles that let walls be raised', () => {
    for (const [kind, name] of WORKLOADS) {
      const { pod, container } = podOf(kind, name);
      const isRunner = name === 'script-runner';
      expect(pod.hostUsers).toBe(isRunner ? false : undefined);
      expect(pod.securityContext.seccompProfile.type).toBe(isRunner ? 'Localhost' : 'RuntimeDefault');
      expect(container.securityContext.procMount).toBe(isRunner ? 'Unmasked' : undefined);
    }
    const env = Object.fromEntries(
      podOf('Deployment', 'script-runner').container.env.map(({ name, value }) => [name, value]),
    );
    expect(env.USERFERRY_REQUIRE_SANDBOX_LEVEL).toBe('reduced');
    expect(env.USERFERRY_REQUIRE_SANDBOX_WALLS?.split(',')).toHaveLength(9);
  });

  it.each(WORKLOADS)(
    '%s %s is alive without anybody else, ready by its own word, spread out, and given time to drain',
    (kind, name) => {
      const { pod, container } = podOf(kind, name);
      const alive = { exec: { command: ['node', 'check-health.js', 'liveness'] } };
      expect(container.livenessProbe).toMatchObject(alive);
      expect(container.startupProbe).toMatchObject(alive);
      expect(container.readinessProbe).toMatchObject({ exec: { command: ['node', 'check-health.js'] } });
      expect(pod.topologySpreadConstraints).toHaveLength(2);
      const delayMs = Number(container.env.find((each) => each.name === 'USERFERRY_STOP_DELAY_MS')?.value);
      expect(delayMs).toBeGreaterThanOrEqual(5_000);
      expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(delayMs + longestDrainMs(name) + 5_000);
    },
  );

  it.each(WORKLOADS)(
    '%s %s has a headless service, a budget for disruptions, and one replica more than may be missing',
    (kind, name) => {
      const { container } = podOf(kind, name);
      const grpc = container.ports.find((port) => port.name === 'grpc')?.containerPort;
      expect(named('Service', name).spec).toMatchObject({
        clusterIP: 'None',
        selector: { 'app.kubernetes.io/name': name },
        ports: [{ port: grpc, targetPort: 'grpc' }],
      });
      expect(named('PodDisruptionBudget', name).spec).toMatchObject({
        maxUnavailable: 1,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      });
      if (kind === 'StatefulSet') return expect(named(kind, name).spec).toMatchObject({ replicas: 2 });
      const { spec } = named('HorizontalPodAutoscaler', name);
      expect(spec).toMatchObject({ scaleTargetRef: { kind, name } });
      expect((spec as { minReplicas: number }).minReplicas).toBeGreaterThanOrEqual(2);
    },
  );
});
