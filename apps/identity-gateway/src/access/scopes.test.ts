import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALLS } from './calls.ts';
import { ROLE_SCOPES, SCOPES, scopesOf } from './scopes.ts';

const doc = readFileSync(new URL('../../../../docs/identity.md', import.meta.url), 'utf8');

/** The rows of the table of scopes, as the code has them. */
const rows = SCOPES.map((scope) => {
  const roles = Object.entries(ROLE_SCOPES).flatMap(([role, all]) =>
    (all as readonly string[]).includes(scope) ? [role] : [],
  );
  const calls = Object.entries(CALLS).filter(([, rule]) => rule.scope === scope);
  const named = calls.map(
    ([name, rule]) => `\`${name.replace('Service/', '.')}\`${rule.roles.length === 0 ? '¹' : ''}`,
  );
  return `| \`${scope}\` | ${roles.join(', ')} | ${named.join(', ')} |`;
});

describe('scopes', () => {
  it('stand in docs/identity.md with the calls that take them, and no other does', () => {
    expect(doc.split('\n').filter((line) => /^\| `[a-z:]+` \| (edge|admin|operator)/.test(line))).toEqual(rows);
  });

  it('are of use each: a call takes it, and a role that may make the call has it', () => {
    for (const { scope, roles } of Object.values(CALLS))
      for (const role of [...roles, 'operator'] as const) expect(ROLE_SCOPES[role]).toContain(scope);
    expect(new Set(Object.values(CALLS).map(({ scope }) => scope))).toEqual(new Set(SCOPES));
  });

  it('of a key are those of its role when none were named, and never more than those', () => {
    expect(scopesOf('edge', [])).toEqual(ROLE_SCOPES.edge);
    expect(scopesOf('edge', ['logins', 'keys:write', 'of a later version'])).toEqual(['logins']);
    expect(scopesOf('admin', ['of a later version'])).toEqual([]);
  });
});
