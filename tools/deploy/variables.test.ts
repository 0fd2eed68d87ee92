import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readCompose, readKubernetes, readText } from './manifests.ts';

/** What each service reads, by the tables of docs/configuration.md, which another test holds against the code. */
const documented = (service: string): readonly string[] => {
  const sections = readText('docs/configuration.md').split(/^## /m);
  const ofSections = sections.filter((text) => text.startsWith('All services\n') || text.startsWith(`${service}\n`));
  return ofSections.flatMap((text) => [...text.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name));
};

/** What is no setting of ours: Node's and libuv's own, and the database's image's. */
const FOREIGN = new Set(['NODE_ENV', 'UV_THREADPOOL_SIZE']);

const unknownTo = (service: string, names: readonly string[]): string[] => {
  const known = documented(service);
  expect(known.length).toBeGreaterThan(5);
  return names.filter(
    (name) => !FOREIGN.has(name) && !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')),
  );
};

const SERVICES = ['identity-gateway', 'script-runner', 'migration-service', 'public-ip-service'];

const ofCompose = (service: string): string[] => {
  const services = z
    .record(z.string(), z.looseObject({ environment: z.record(z.string(), z.string()) }))
    .parse(readCompose().services);
  return Object.keys(services[service]?.environment ?? {});
};

const ofKubernetes = (service: string, folder: string): string[] => {
  const workloads = readKubernetes(folder).filter(
    ({ kind, metadata }) => /^(Deployment|StatefulSet)$/.test(kind) && metadata.name === service,
  );
  return workloads.flatMap(({ spec }) =>
    [...JSON.stringify(spec).matchAll(/\{"name":"([A-Z]\w+)"/g)].map(([, name = '']) => name),
  );
};

/** Of the stage itself and of the one that all are made from. */
const ofImage = (service: string): string[] => {
  const stages = readText('deploy/Dockerfile').split(/^FROM /m);
  const own = stages.filter(
    (text) => text.startsWith(`runtime AS ${service}\n`) || / AS runtime\n/.test(text.slice(0, 80)),
  );
  expect(own).toHaveLength(2);
  return own.flatMap((text) =>
    [...text.matchAll(/(?:^ENV|^ {4}|(?<=\S )) ?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name),
  );
};

describe('what is packaged', () => {
  it.each(SERVICES)('sets nothing for %s that it does not read', (service) => {
    const compose = ofCompose(service);
    const kubernetes = ofKubernetes(service, 'deploy/kubernetes/base');
    expect(compose.length).toBeGreaterThan(1);
    expect(kubernetes.length).toBeGreaterThan(1);
    expect(ofImage(service)).toContain('USERFERRY_LISTEN_HOST');
    const all = [
      ...compose,
      ...kubernetes,
      ...ofKubernetes(service, 'deploy/kubernetes/full-sandbox'),
      ...ofImage(service),
    ];
    expect(unknownTo(service, all)).toEqual([]);
  });

  it('would be told of a variable that belongs to another service, or that there is not', () => {
    expect(unknownTo('script-runner', ['DATABASE_URL_FILE', 'USERFERRY_REGION', 'USERFERRY_REGON'])).toEqual([
      'DATABASE_URL_FILE',
      'USERFERRY_REGON',
    ]);
  });
});
