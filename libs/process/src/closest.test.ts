import { expect, it } from 'vitest';
import { closest } from './closest.ts';

it('the nearest word is near, or none is', () => {
  expect([
    closest('pgg', ['pg', 'os']),
    closest('fs', ['os']),
    closest('lodahs', ['lodash']),
    closest('redis', ['pg']),
    closest('redis', ['rabbit', 'radish'], 2),
  ]).toEqual(['pg', undefined, 'lodash', undefined, 'radish']);
});
