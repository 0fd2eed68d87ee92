import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createCertificate, type LocalCertificate } from './certificate.ts';
import { type Account, chooseAccount, giveTo, isPassableFor, temporaryRoot } from './server-account.ts';
import { stateFolder } from './state-folder.ts';

/** Where a server keeps its data, and as whom it runs there. */
export type ServerFolder = {
  path: string;
  /** The database engine's own folder inside `path`. */
  dataFolder: string;
  account: Account;
  temporary: boolean;
  /** Sentences that a person should be told, such as data kept elsewhere than asked for. */
  notices: string[];
};

/** Prepares the folder `wanted`, or a temporary one. As root it lies where the first existing user of `accounts` can reach it. */
export function prepareServerFolder(wanted: string | undefined, accounts: readonly string[]): ServerFolder {
  return wanted === undefined ? temporaryFolder(accounts) : keptFolder(resolve(wanted), accounts);
}

/** The certificate of the server in `folder`; the same one at every start, since its clients keep the authority's text. */
export function serverCertificate(folder: ServerFolder): { caCertificate: string; certFile: string; keyFile: string } {
  const home = join(folder.path, 'tls');
  const [caFile, certFile, keyFile] = [join(home, 'ca.crt'), join(home, 'server.crt'), join(home, 'server.key')];
  if (!existsSync(keyFile)) writeCertificate(folder.account, { home, caFile, certFile, keyFile });
  return { caCertificate: readFileSync(caFile, 'utf8'), certFile, keyFile };
}

function writeCertificate(
  account: Account,
  to: { home: string; caFile: string; certFile: string; keyFile: string },
): void {
  const made: LocalCertificate = createCertificate(['localhost', '127.0.0.1']);
  mkdirSync(to.home, { recursive: true, mode: 0o755 });
  writeFileSync(to.caFile, made.caCertificate);
  writeFileSync(to.certFile, made.certificate);
  rmSync(to.keyFile, { force: true });
  writeFileSync(to.keyFile, made.privateKey, { mode: 0o600 });
  // all of it, or the guard, which runs as that account, could not remove a temporary folder
  for (const path of [to.caFile, to.certFile, to.keyFile, to.home]) giveTo(account, path);
}

function temporaryFolder(accounts: readonly string[]): ServerFolder {
  const account = chooseAccount(accounts);
  const path = mkdtempSync(join(temporaryRoot(account), 'userferry-database-'));
  giveTo(account, path);
  return { path, dataFolder: join(path, 'data'), account, temporary: true, notices: [] };
}

function keptFolder(wanted: string, accounts: readonly string[]): ServerFolder {
  mkdirSync(wanted, { recursive: true });
  const account = chooseAccount(accounts, join(wanted, 'data'));
  if (isPassableFor(account, wanted)) {
    return { path: wanted, dataFolder: join(wanted, 'data'), account, temporary: false, notices: [] };
  }
  const path = join(stateFolder(), `data-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
  const notices = [`${wanted} cannot be reached by the database's user, so the data is kept in ${path}`];
  const owner = chooseAccount(accounts, join(path, 'data'));
  return { path, dataFolder: join(path, 'data'), account: owner, temporary: false, notices };
}
