import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commaList, grpcAddress, listenHost, port, serviceFields, webUrl } from './fields.ts';
import { type AcrossRule, ConfigError, type Env, readEnv } from './read-env.ts';

const problemsOf = (shape: Record<string, z.ZodType>, env: Env): readonly string[] => {
  try {
    readEnv(shape, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('readEnv', () => {
  it('lists every problem at once, by name', () => {
    const shape = { A_PORT: port(), B_ADDRESS: grpcAddress(), C_NEEDED: z.string() };
    const problems = problemsOf(shape, { A_PORT: '99999', B_ADDRESS: 'nowhere' });
    expect(problems.map((line) => line.split(':')[0])).toEqual(['A_PORT', 'B_ADDRESS', 'C_NEEDED']);
  });

  it.each(['127.0.0.1:7102', '[::1]:7102', 'dns:///runner:7102', 'ipv4:10.0.0.1:7102,10.0.0.2:7102'])(
    'takes %s for an address',
    (address) => expect(problemsOf({ A_ADDRESS: grpcAddress() }, { A_ADDRESS: address })).toEqual([]),
  );

  it.each([
    'runner',
    'ipv4:',
    'ipv4:10.0.0.1',
    'ipv4:runner:7102',
    'http://runner:7102',
    'runner:0',
    'dns:///runner:70000',
    'ipv4:10.0.0.1:7102,10.0.0.2:99999',
    '10.0.0.1:7102,10.0.0.2:7102',
  ])('does not take %s for an address', (address) =>
    expect(problemsOf({ A_ADDRESS: grpcAddress() }, { A_ADDRESS: address })).toHaveLength(1),
  );

  it.each(['0.0.0.0', '::', '::1', 'fe80::1%eth0', 'localhost', '5f3a9c2b1d0e', 'userferry-1.example', 'my_host'])(
    'listens on %s',
    (host) => expect(problemsOf({ HOST: listenHost() }, { HOST: host })).toEqual([]),
  );

  it.each(['http://0.0.0.0', '0.0.0.0:7100', 'localhost:7100', '[::1]', '[::1]:7100', '0.0.0.0/0', '999.0.0.1', 'a b'])(
    'does not listen on %s, which is no host by itself',
    (host) =>
      expect(problemsOf({ HOST: listenHost() }, { HOST: host })).toEqual([expect.stringMatching(/^HOST: must be/)]),
  );

  it('never repeats a value that it refuses', () => {
    const shape = { ...serviceFields, KIND: z.enum(['a', 'b']), N: port() };
    const problems = problemsOf(shape, { USERFERRY_SERVICE_TOKEN: 'hunter2', KIND: 'hunter2', N: 'hunter2' });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('takes a value from the file that NAME_FILE names, without its last line break', () => {
    const folder = mkdtempSync(join(tmpdir(), 'userferry-'));
    try {
      writeFileSync(join(folder, 'token'), 'sesame\n');
      expect(readEnv({ TOKEN: z.string() }, { TOKEN_FILE: join(folder, 'token') })).toEqual({ TOKEN: 'sesame' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names what is wrong between two that are right by themselves, whatever else is wrong', () => {
    const differ: AcrossRule<{ A: string; B: string }> = {
      of: ['A', 'B'],
      problems: ({ A, B }) => (A === B ? ['A: must not be B'] : []),
    };
    const shape = { A: z.string(), B: z.string(), C: port().default(1) };
    const read = (env: Env) => readEnv(shape, env, [differ]);
    expect(() => read({ A: 'x', B: 'x', C: 'y' })).toThrow(/2 problem[\s\S]*C: must be[\s\S]*A: must not be B/);
    expect(() => read({ A: 'x' })).toThrow(/1 problem[\s\S]*B: is required/);
    expect(read({ A: 'x', B: 'y' })).toEqual({ A: 'x', B: 'y', C: 1 });
  });

  it('says what is expected, with an example where there is one, once for each variable', () => {
    const shape = { ...serviceFields, P: port().default(7), A_ADDRESS: grpcAddress().default('a:1'), T: z.string() };
    expect(problemsOf(shape, { P: '-1.5', A_ADDRESS: 'x' })).toEqual([
      'USERFERRY_SERVICE_TOKEN: is required; for example what `openssl rand -hex 32` prints',
      'P: must be a whole number from 0 to 65535',
      'A_ADDRESS: must be host:port, dns:///name:port or ipv4:address:port,address:port; for example dns:///service.example:7102',
      'T: is required',
    ]);
  });

  it.each(['https://hook.example/x?y=z', 'http://127.0.0.1:8080/', 'http://[::1]/', 'http://localhost/'])(
    'takes %s for a web address',
    (url) => expect(problemsOf({ A_URL: webUrl() }, { A_URL: url })).toEqual([]),
  );

  it.each([
    'http://hook.example/',
    'ftp://hook.example/',
    'https://user:pw@hook.example/',
    'hook.example',
    'http://127.evil.example/',
  ])('does not take %s for a web address', (url) =>
    expect(problemsOf({ A_URL: webUrl() }, { A_URL: url })).toHaveLength(1),
  );

  it('refuses a value and a file for the same name', () => {
    expect(problemsOf({ TOKEN: z.string() }, { TOKEN: 'a', TOKEN_FILE: '/nowhere' }).join()).toContain('not both');
  });

  it.each(['PUBLIC_IPS', 'DATABASE_URL', 'DATABASE_URL_FILE'])('says of USERFERRY_%s that it has no prefix', (name) => {
    expect(problemsOf({}, { [`USERFERRY_${name}`]: 'x' })).toEqual([
      `USERFERRY_${name}: is not known; did you mean ${name}?`,
    ]);
  });

  it('refuses a USERFERRY_ variable that nothing reads, and says which was probably meant', () => {
    const problems = problemsOf({}, { USERFERRY_EGRES_ALLOW: 'hunter2', USERFERRY_MOON: 'full', OTHERS_MOON: 'new' });
    expect(problems).toEqual([
      'USERFERRY_EGRES_ALLOW: is not known; did you mean USERFERRY_EGRESS_ALLOW?',
      'USERFERRY_MOON: is not known',
    ]);
  });

  it('takes what another service reads, and files for it', () => {
    expect(problemsOf({}, { USERFERRY_RUNNER_PORT: '1', USERFERRY_PEPPERS_FILE: '/run/peppers' })).toEqual([]);
  });

  it('takes one service token or several, each long enough to be no guess', () => {
    const { USERFERRY_SERVICE_TOKEN: TOKENS } = serviceFields;
    const [old, next] = ['o'.repeat(32), 'n'.repeat(64)];
    expect(readEnv({ TOKENS }, { TOKENS: old }).TOKENS).toEqual([old]);
    expect(readEnv({ TOKENS }, { TOKENS: `${old}, ${next}` }).TOKENS).toEqual([old, next]);
    for (const wrong of [`${old},short`, 'with blanks in more than thirty-two characters', 'x'.repeat(513)])
      expect(problemsOf({ TOKENS }, { TOKENS: wrong })).toEqual([
        expect.stringMatching(/^TOKENS: must be of 32 to 512/),
      ]);
  });

  it.each([' ', '\t', '1e3', '0x10', '0b1', '+1', '-0', '1.0', 'Infinity'])('takes %j for no whole number', (text) => {
    const problems = ['P: must be a whole number from 0 to 65535'];
    expect(problemsOf({ P: port() }, { P: text })).toEqual(problems);
    expect(problemsOf({ P: port().default(7101) }, { P: text })).toEqual(problems);
  });

  it('takes a whole number with blanks around it, as files and manifests bring them', () => {
    expect(readEnv({ P: port() }, { P: ' 07101\n' })).toEqual({ P: 7101 });
  });

  it.each([' ', '1e-1', '0x1', '-0', '1.1', '.'])('takes %j for no ratio', (text) => {
    const { USERFERRY_TRACES_RATIO: ratio } = serviceFields;
    expect(problemsOf({ ratio }, { ratio: text })).toEqual(['ratio: must be a number from 0 to 1']);
  });

  it.each(['0', '0.25', '.5', '1', '1.0'])('takes %j for the ratio that it is', (text) => {
    const { USERFERRY_TRACES_RATIO: ratio } = serviceFields;
    expect(readEnv({ ratio }, { ratio: text })).toEqual({ ratio: Number(text) });
  });

  it('takes an empty variable as absent', () => {
    expect(readEnv({ LIST: commaList().default([]) }, { LIST: '' })).toEqual({ LIST: [] });
  });
});
