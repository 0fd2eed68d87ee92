// Makes a fresh clone ready and runs one of our tools on Node 24, whatever Node and npm (10 or 11) the machine has:
//   node tools/bootstrap.mjs <command> [arguments]
// Plain JavaScript without dependencies, since it runs before anything is installed. Says nothing on standard output.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  COMMANDS,
  chooseNode,
  explainInstallFailure,
  isForwarded,
  isFresh,
  majorOf,
  NODE_MAJOR,
} from './bootstrap-plan.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const NODE = join(MODULES, '.bin', 'node');
const LOCK = join(ROOT, '.nx', 'bootstrap.lock');
const STAMP = join(MODULES, '.userferry-stamp');
const ENVIRONMENT = { ...process.env, PATH: [dirname(NODE), process.env.PATH].join(delimiter) };

class Refusal extends Error {}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`userferry: ${error.message}\n`);
  process.exitCode = 1;
}

async function main([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new Refusal(`unknown command ${name}; there are ${Object.keys(COMMANDS).join(', ')}`);
  const { platform, arch, version } = process;
  const chosen = chooseNode({ platform, arch, musl: isMusl(), nodeVersion: version });
  if (chosen.kind === 'unsupported') throw new Refusal(chosen.message);
  const target = chosen.kind === 'own' ? process.execPath : join(MODULES, chosen.name, 'bin', 'node');
  await withLock(async () => {
    if (!installed(target)) await install();
    await linkNode(target);
    for (const program of command.build) await build(program);
  });
  return runTool([join(ROOT, command.tool), ...(command.args ?? []), ...args]);
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function installed(node) {
  return (
    existsSync(node) &&
    isFresh({
      stamp: readIfThere(STAMP),
      lockHash: lockHash(),
      lockText: readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
      installedText: readIfThere(join(MODULES, '.package-lock.json')),
    })
  );
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function install() {
  process.stderr.write('userferry: installing packages from the lockfile (once, about a minute) …\n');
  const npm = /npm-cli\.[cm]?js$/.test(process.env.npm_execpath ?? '')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  // what `npm run` was given (--silent) and what the machine sets (NODE_ENV) must not change what is installed
  const options = [
    '--include=dev',
    '--include=optional',
    '--loglevel=warn',
    '--no-progress',
    '--no-audit',
    '--no-fund',
  ];
  const { code, output } = await runQuietly([...npm, 'ci', ...options]);
  if (code !== 0) throw new Refusal(explainInstallFailure(output) ?? `npm ci failed:\n${output.trim()}`);
  writeFileSync(STAMP, lockHash());
}

/** npm 10 makes no node_modules/.bin/node when several packages declare a program of that name. */
async function linkNode(target) {
  if (linkTarget() === target) return;
  if (!existsSync(target))
    throw new Refusal(`${target} is missing: optional packages were left out; remove node_modules and run again`);
  if (target.startsWith(MODULES)) chmodSync(target, 0o755);
  const { code, output } = await runQuietly([target, '--version']);
  if (code !== 0 || majorOf(output) < NODE_MAJOR) throw new Refusal(`${target} does not run here: ${output.trim()}`);
  mkdirSync(dirname(NODE), { recursive: true });
  rmSync(NODE, { force: true });
  symlinkSync(target.startsWith(MODULES) ? relative(dirname(NODE), target) : target, NODE);
}

function linkTarget() {
  try {
    return resolve(dirname(NODE), readlinkSync(NODE));
  } catch {
    return undefined;
  }
}

async function build(program) {
  const { code, output } = await runQuietly([NODE, join(ROOT, program)]);
  if (code !== 0) throw new Refusal(`${program} failed:\n${output.trim()}`);
}

/** Runs a program to its end and keeps what it writes. */
function runQuietly([program, ...args]) {
  return new Promise((done) => {
    let output = '';
    const child = spawn(program, args, { cwd: ROOT, env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => done({ code: 127, output: `${program}: ${error.message}` }));
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Runs the tool in the foreground; resolves with the exit code to end with. */
function runTool(args) {
  return new Promise((done, reject) => {
    const child = spawn(NODE, args, { cwd: ROOT, env: ENVIRONMENT, stdio: 'inherit' });
    const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    let lastSignalAt = Number.NEGATIVE_INFINITY;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        const sinceLastMs = performance.now() - lastSignalAt;
        if (isForwarded(signal, { terminal, sinceLastMs })) child.kill(signal);
        lastSignalAt = performance.now();
      });
    }
    endWithNpm(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}

/** When npm is killed outright, nobody would ever end the tool. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, 500);
  timer.unref();
}

/** Two commands started at once in a fresh clone must not install over each other. */
async function withLock(work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let waits = 0; !tryLock(); waits++) {
    if (waits === 3) process.stderr.write('userferry: waiting for another command that is installing here …\n');
    await new Promise((done) => setTimeout(done, 300));
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned()) rmSync(LOCK, { force: true });
    return false;
  }
}

function isAbandoned() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    return holder > 0 ? !isAlive(holder) : Date.now() - statSync(LOCK).mtimeMs > 5000;
  } catch {
    return false; // given back meanwhile
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
