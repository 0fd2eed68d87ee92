import { expect, it } from 'vitest';
import { moduleOf } from './required-module.ts';

it.each([
  ['pg', 'pg'],
  ['node:crypto', 'crypto'],
  ['mysql2/promise', 'mysql2/promise'],
  ['lodash/get', 'lodash'],
  ['lodash/fp', 'lodash/fp'],
  ['lodash/fp/get', 'lodash/fp'],
  ['lodash/../secret', 'lodash/../secret'],
  ['lodash/', 'lodash/'],
  ['lodashes/get', 'lodashes/get'],
])('what requires %s gets it from %s', (required, module) => {
  expect(moduleOf(required)).toBe(module);
});
