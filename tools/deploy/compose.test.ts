import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { readCompose, readText } from './manifests.ts';

const compose = z
  .looseObject({
    services: z.record(
      z.string(),
      z.looseObject({
        image: z.string(),
        read_only: z.boolean(),
        user: z.string(),
        cap_drop: z.array(z.string()),
        security_opt: z.array(z.string()),
        networks: z.array(z.string()),
        secrets: z.array(z.string()),
        mem_limit: z.string(),
        ports: z.array(z.string()).default([]),
        privileged: z.undefined().optional(),
        cap_add: z.undefined().optional(),
      }),
    ),
    networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(readCompose());

const { services } = compose;
const OURS = ['identity-gateway', 'script-runner', 'migration-service', 'public-ip-service'];

/** The specification's own schema, as a linter of Compose files brings it. */
const { $schema: _, ...schema } = JSON.parse(readText('node_modules/dclint/schemas/compose.schema.json'));

const schemaProblems = (value: unknown): string => {
  const ajv = new Ajv({ strict: false, logger: false, validateSchema: false });
  return ajv.validate(schema, value) ? '' : ajv.errorsText();
};

const shared = (one: string, other: string): string[] =>
  (services[one]?.networks ?? []).filter((network) => services[other]?.networks.includes(network));

describe('compose.yaml', () => {
  it('is what the specification of Compose takes', () => {
    expect(parseDocument(readText('deploy/compose.yaml'), { merge: true }).errors).toEqual([]);
    expect(schemaProblems(readCompose())).toBe('');
    expect(schemaProblems({ services: { a: { image: 'b', networcs: ['c'] } } })).toMatch(/additional properties/);
    expect(schemaProblems({ services: { a: { image: 'b', read_only: [] } } })).toMatch(/read_only/);
  });

  it('starts the four services and their database, as nobody, read-only, without a capability and with none to be gained', () => {
    expect(Object.keys(services).sort()).toEqual([...OURS, 'postgres'].sort());
    for (const service of Object.values(services)) {
      expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service.security_opt).toContain('no-new-privileges:true');
    }
  });

  it('opens for script-runner alone what its walls need', () => {
    for (const [name, { security_opt: options }] of Object.entries(services))
      if (name !== 'script-runner') expect(options).toEqual(['no-new-privileges:true']);
    expect(services['script-runner']?.security_opt).toEqual(
      expect.arrayContaining(['seccomp=./seccomp/script-runner.json', 'systempaths=unconfined']),
    );
  });

  it('keeps the picture: who shares a network is who may talk, and script-runner shares none with what remembers', () => {
    const pairs = Object.keys(services).flatMap((one) =>
      Object.keys(services).flatMap((other) =>
        one < other && shared(one, other).length > 0 ? [`${one} – ${other}`] : [],
      ),
    );
    expect(pairs.sort()).toEqual([
      'identity-gateway – migration-service',
      'identity-gateway – public-ip-service',
      'identity-gateway – script-runner',
      'migration-service – postgres',
      'public-ip-service – script-runner',
    ]);
  });

  it('leads out of the machine from the gateway, which is published on loopback alone, and from script-runner', () => {
    const open = Object.entries(services).filter(([, { networks }]) =>
      networks.some((network) => compose.networks[network]?.internal === false),
    );
    expect(open.map(([name]) => name).sort()).toEqual(['identity-gateway', 'script-runner']);
    const published = Object.values(services).flatMap(({ ports }) => ports);
    expect(published).toHaveLength(2);
    expect(published.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('gives each its secrets as files, and those of the store to nobody but migration-service', () => {
    const holders = (secret: string) =>
      Object.keys(services).filter((name) => services[name]?.secrets.includes(secret));
    for (const secret of ['database-url', 'encryption-keys', 'peppers', 'operator-key'])
      expect(holders(secret)).toEqual(['migration-service']);
    expect(holders('postgres-password')).toEqual(['postgres']);
    const used = new Set(Object.values(services).flatMap(({ secrets }) => secrets));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
    // A file that was put there by hand must not be committed.
    expect(readText('.gitignore')).toMatch(/^\/deploy\/secrets\/$/m);
  });
});
