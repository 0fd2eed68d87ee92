import { expect, it } from 'vitest';
import { typedSource } from './typed-source.ts';

const source = 'const a = 1;\nasync function login(query) {}\n';

it('writes the type of its function before a script in JavaScript, on the same line', () => {
  const { text, toTyped, toSource } = typedSource({ source, language: 'javascript', action: 'login' });
  expect(text).toBe('const a = 1;\n/** @type {Login} */ async function login(query) {}\n');
  const at = source.indexOf('query');
  expect(text.slice(toTyped(at))).toBe(source.slice(at));
  expect(toSource(toTyped(at))).toBe(at);
});

it('leaves a script in TypeScript as it is, which says its types itself', () => {
  const { text, toTyped, toSource } = typedSource({ source, language: 'typescript', action: 'login' });
  expect([text, toTyped(20), toSource(20)]).toEqual([source, 20, 20]);
});
