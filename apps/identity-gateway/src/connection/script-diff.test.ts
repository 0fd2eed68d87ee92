import { describe, expect, it } from 'vitest';
import { scriptDiff } from './script-diff.ts';

const side = (source: string, version: bigint) => ({ source, version });

describe('the difference between two versions of a script', () => {
  it('is told as a unified diff that names the versions', () => {
    const text = scriptDiff('login.js', side('a\nb\nc\n', 3n), side('a\nB\nc\n', 4n));
    expect(text).toBe('--- login.js\tversion 3\n+++ login.js\tversion 4\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n');
  });

  it('shows a script that one version lacks as added or removed', () => {
    expect(scriptDiff('login.js', side('', 1n), side('a\n', 2n))).toContain('@@ -0,0 +1,1 @@\n+a\n');
    expect(scriptDiff('login.js', side('a\n', 1n), side('', 2n))).toContain('@@ -1,1 +0,0 @@\n-a\n');
  });

  it('of two that have nothing in common is one after the other, without a search that takes long', () => {
    const lines = (letter: string) => Array.from({ length: 40_000 }, (_, index) => `${letter}${index % 7}`).join('\n');
    const text = scriptDiff('login.js', side(lines('a'), 1n), side(lines('b'), 2n));
    expect(text).toContain('@@ -1,40000 +1,40000 @@\n-a0\n');
    expect(text.match(/^\+b/gm)).toHaveLength(40_000);
  });
});
