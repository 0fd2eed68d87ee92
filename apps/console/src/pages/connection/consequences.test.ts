import { expect, it } from 'vitest';
import { consequences } from './consequences.ts';

const ON = { enabled: false, included: true, missing: [] } as const;

it('says of each mode what enabling and disabling does, and something else each time', () => {
  const modes = ['CONNECTION_MODE_LAZY_MIGRATION', 'CONNECTION_MODE_CUSTOM_USER_STORE'] as const;
  const texts = modes.flatMap((mode) =>
    [true, false].map((enabled) => consequences({ ...ON, mode, enabled }).join(' ')),
  );
  expect(new Set(texts).size).toBe(4);
});

it('says what will not work yet: scripts that are missing, and a plan without connections', () => {
  const mode = 'CONNECTION_MODE_LAZY_MIGRATION';
  const all = consequences({ ...ON, mode, missing: ['getUser'], included: false }).join(' ');
  expect(all).toContain('Not saved yet: getUser.');
  expect(all).toContain('no script runs');
  expect(consequences({ ...ON, mode }).join(' ')).not.toMatch(/Not saved yet|no script runs/);
});
