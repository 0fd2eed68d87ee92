import { actionNumber, LIMITS } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { createCheckLimits } from '../debug/check-limits.ts';
import { callFacts } from '../testing/table-world.ts';
import { checkScript } from './check-script.ts';

type Problem = { readonly name: string; readonly message: string; readonly line?: number; readonly column?: number };

const MODULES = [
  { name: 'pg', version: '8.0.0' },
  { name: 'crypto', version: '24.0.0' },
];
const check = async (
  source: string,
  { problems = [], modules = MODULES }: { problems?: Problem[]; modules?: typeof MODULES } = {},
) => {
  const deps = { checkScript: async () => ({ problems, modules, toRun: source }), limits: createCheckLimits() };
  const request = { userPoolId: 'pool', action: actionNumber('login'), source, language: 0 as const };
  const answer = await checkScript(deps)(request, callFacts());
  return { ...answer, told: answer.problems.map(({ message, line, column }) => `${line}:${column} ${message}`) };
};

describe('a check of a source', () => {
  it('finds nothing in a script that can be saved, and says what it requires and may', async () => {
    const source = "const crypto = require('node:crypto');\nasync function login(query, password) { require('pg'); }";
    const { told, required, modules } = await check(source);
    expect([told, required, modules]).toEqual([[], ['node:crypto', 'pg'], MODULES]);
  });

  it('tells each mistake with its place: of the runner, of parameters, of modules that are not there', async () => {
    const problems = [
      { name: 'SyntaxError', message: 'Unexpected token', line: 2, column: 5 },
      { name: 'Error', message: 'x' },
    ];
    const source = "async function login(query, password, context, db) {\n  require('nope');\n}";
    expect((await check(source, { problems })).told).toEqual([
      '2:5 Unexpected token',
      '0:0 x',
      '1:48 login is called with (query, password, context) and nothing more: take out db',
      "2:11 Cannot find module 'nope'",
    ]);
  });

  it('tells a module that is not there once, and of none where nobody knows which there are', async () => {
    const problems = [
      { name: 'Error', message: "Cannot find module 'nope'. Available modules: pg", line: 1, column: 1 },
    ];
    expect((await check("require('nope');", { problems })).told).toHaveLength(1);
    expect((await check("require('nope');", { modules: [] })).told).toEqual([]);
  });

  it('knows functions of lodash by themselves where there is lodash', async () => {
    const modules = [{ name: 'lodash', version: '4.0.0' }];
    const source = "require('lodash/get'); require('lodash/fp/get'); require('lodash/../pg');";
    expect((await check(source, { modules })).told).toEqual([
      "1:32 Cannot find module 'lodash/fp/get'",
      "1:58 Cannot find module 'lodash/../pg'",
    ]);
  });

  it('is not made of a source that could not be saved for its size', async () => {
    await expect(check(`//${'x'.repeat(LIMITS.sourceBytesMax)}`)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      metadata: { field: 'source' },
    });
  });
});
