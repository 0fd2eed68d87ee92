/** lodash by its functions, as published scripts require them, and `lodash/fp`. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame, inIsolate } = createSideBySide(() => host);

const require = createRequire(import.meta.url);
/** Those of the package's files that are one of its functions. */
const filesOf = (folder: string, module: object): string[] =>
  readdirSync(join(dirname(require.resolve('lodash')), folder))
    .map((file) => file.replace(/\.js$/, ''))
    .filter((name) => typeof Object.getOwnPropertyDescriptor(module, name)?.value === 'function');

describe('functions of lodash by themselves', () => {
  it('give what they give in Node', () =>
    expectSame(`const get = require('lodash/get'); const isEmpty = require('lodash/isEmpty'); const pick = require('lodash/pick');
      const user = { profile: { name: 'A', tags: ['x'] }, id: 7 };
      return [get(user, 'profile.tags[0]'), get(user, ['a', 'b'], 'none'), isEmpty({}), isEmpty([1]), pick(user, ['id']),
        require('lodash/camelCase')('first name'), require('lodash/uniqBy')([1.2, 1.5, 2], Math.floor)]`));

  it('are there, every one of them, and no copies', async () => {
    const names = filesOf('.', require('lodash') as object);
    expect(names.length).toBeGreaterThan(300);
    const others = `const _ = require('lodash'); return args[0].filter((name) => require('lodash/' + name) !== _[name])`;
    expect(await inIsolate(others, { args: [names] })).toEqual([]);
  });

  it.each([
    'lodash/nothing',
    'lodash/constructor',
    'lodash/__proto__',
    'lodash/array',
    'lodash/VERSION',
    'lodash/_root',
  ])('%s is none, and the error says what there is', async (name) => {
    const [code, message] = (await inIsolate(`try { require(args[0]) } catch (e) { return [e.code, e.message] }`, {
      args: [name],
    })) as [string, string];
    expect(code).toBe('MODULE_NOT_FOUND');
    expect(message).toContain(`Cannot find module '${name}'. Of lodash there are lodash/fp and`);
  });
});

describe('lodash/fp', () => {
  it('gives what it gives in Node', () =>
    expectSame(`const fp = require('lodash/fp'); const user = Object.freeze({ name: { first: 'A' }, roles: ['x', 'y'] });
      return [fp.flow(fp.get('roles'), fp.map(fp.toUpper), fp.join('-'))(user), fp.set('name.first', 'B', user), user, fp.getOr('none')('a.b')(user),
        fp.compose(fp.size, fp.omit(['a']))({ a: 1, b: 2 }), fp.map.length, fp.curry((a, b, c) => a + b + c)(1)(fp.__, 3)(2), fp([1, 2]).map((n) => n + 1).value(),
        fp.convert({ cap: false }).map((n, i) => n * i)([3, 4]), require('lodash/fp/get')('a', { a: 1 }), typeof fp.VERSION]`));

  it('has its functions by themselves', async () => {
    const names = filesOf('fp', require('lodash/fp') as object);
    expect(names.length).toBeGreaterThan(300);
    const others = `const fp = require('lodash/fp'); return args[0].filter((name) => require('lodash/fp/' + name) !== fp[name])`;
    expect(await inIsolate(others, { args: [names] })).toEqual([]);
  });
});
