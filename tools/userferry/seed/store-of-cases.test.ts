import { afterAll, expect, it } from 'vitest';
import { createAuthor } from '../testing/userferry.ts';
import { storeOfCases } from './store-of-cases.ts';

const author = createAuthor();
afterAll(() => author[Symbol.dispose]());

it.each([
  ['cases.yaml', 'seed: mysql\ncases: []', 'mysql'],
  ['cases.yml', '{ seed: mongodb }', 'mongodb'],
  ['cases.json', '{"seed":"web-service"}', 'web-service'],
  ['cases.yaml', 'cases: []', 'postgresql'],
  ['cases.yaml', '- seed: mysql', 'postgresql'],
  ['other.yaml', 'seed: mysql', 'postgresql'],
])('%s with %j is for %s', (name, text, store) => {
  const folder = `${name}-${store}-${text.length}`;
  author.write(`${folder}/${name}`, text);
  expect(storeOfCases(`${author.folder}/${folder}`)).toBe(store);
});
