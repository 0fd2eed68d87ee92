/** Makes `process` of the isolate what a test file expects of its program: an environment, an exit, streams. */
import { fail, ledger } from './ledger.ts';

type ProgramFacts = {
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
  readonly openssl: string;
};

export const installProcess = ({ env, file, openssl }: ProgramFacts): void => {
  let written = '';
  const write = (text: unknown): boolean => {
    written = `${written}${String(text)}`.slice(-2000);
    return true;
  };
  const exit = (code: number = Number(process.exitCode ?? 0)): never => {
    const error = new Error(`process.exit(${code}) after: ${written.trim().replace(/\s+/g, ' ')}`);
    if (code !== 0) fail(error);
    ledger.isOver ||= code === 0;
    throw Object.assign(error, { exitCode: code });
  };
  const stream = (name: 'stdout' | 'stderr') => Object.assign(Object.create(process[name]) as object, { write });
  Object.assign(process, {
    env: { ...env },
    argv: ['node', file],
    exitCode: undefined,
    exit,
    versions: { ...process.versions, openssl },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  });
};
