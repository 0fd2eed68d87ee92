import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

/** Asks in the terminal, without showing what is typed. */
const ask = async (prompt: string): Promise<string> => {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await new Promise((done, refuse) => {
      lines.once('line', done);
      lines.once('SIGINT', () => refuse(new UsageError('no password was given')));
      lines.once('close', () => refuse(new UsageError('no password was given')));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};

/**
 * A password, from standard input where that was said or nobody sits at it, else asked for: never from the command line,
 * which every process of the machine can read.
 */
export const readPassword = async (fromStdin: boolean): Promise<string> => {
  if (!fromStdin && process.stdin.isTTY) return ask('Password: ');
  if (!fromStdin) throw new UsageError('this action takes a password: give it on standard input with --password-stdin');
  return (await text(process.stdin)).replace(/\r?\n$/, '');
};
