import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { RUNTIME_PATHS } from '../runtime/runtime-folder.ts';
import { HOST_PIDS_MAX, type WallChain } from './wall-chain.ts';

/** What a program behind the walls finds there. */
const reportSchema = z.object({
  connected: z.boolean(),
  pids: z.array(z.string()),
  root: z.array(z.string()),
  writable: z.boolean(),
  uids: z.array(z.number()),
  noNewPrivs: z.boolean(),
  noCapabilities: z.boolean(),
  noCore: z.boolean(),
  filtered: z.boolean(),
  processesMax: z.number(),
  namespaces: z.record(z.string(), z.string()),
});
export type ProbeReport = z.infer<typeof reportSchema>;

const NAMESPACES = ['net', 'pid', 'ipc', 'mnt', 'user'] as const;

/** Runs behind the walls, in the place of an isolate host, so it is plain CommonJS text. */
const PROBE = `
const fs = require('fs');
const quietly = (read, otherwise) => { try { return read(); } catch { return otherwise; } };
const status = quietly(() => fs.readFileSync('/proc/self/status', 'utf8'), '');
const field = (name) => (new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status) || [])[1] || '';
const limits = quietly(() => fs.readFileSync('/proc/self/limits', 'utf8'), '');
const mark = process.argv[1] + '/.probe';
fs.writeSync(4, JSON.stringify({
  connected: process.connected === true,
  pids: quietly(() => fs.readdirSync('/proc'), []).filter((name) => /^[0-9]+$/.test(name)),
  root: quietly(() => fs.readdirSync('/'), []),
  writable: quietly(() => { fs.writeFileSync(mark, ''); fs.unlinkSync(mark); return true; }, false),
  uids: field('Uid').split(/\\s+/).filter(Boolean).map(Number),
  noNewPrivs: field('NoNewPrivs') === '1',
  noCapabilities: ['CapPrm', 'CapEff', 'CapInh', 'CapAmb'].every((name) => /^0+$/.test(field(name))),
  filtered: field('Seccomp') === '2',
  processesMax: Number((/^Max processes\\s+(\\d+)/m.exec(limits) || [])[1] || 1e9),
  noCore: /^Max core file size\\s+0\\s+0/m.test(limits),
  namespaces: Object.fromEntries(${JSON.stringify(NAMESPACES)}.map((name) =>
    [name, quietly(() => fs.readlinkSync('/proc/self/ns/' + name), '')])),
}));
process.disconnect();
`;

const PROBE_TIMEOUT_MS = 10_000;
const OUTPUT_BYTES_MAX = 64 * 1024;

/** The probe was ended because it took too long, as on a busy machine: that tells nothing of the walls. */
export class NoAnswerError extends Error {}

/**
 * Starts the probe through the whole chain, IPC and frame pipe included. Throws with what the chain's programs said, and
 * `NoAnswerError` where nothing came within `timeoutMs`.
 */
export const probeWalls = (
  chain: WallChain,
  uid: number,
  {
    doors = [],
    timeoutMs = PROBE_TIMEOUT_MS,
  }: { readonly doors?: readonly string[]; readonly timeoutMs?: number } = {},
): Promise<ProbeReport> => {
  const { file, args } = chain.command(uid, ['-e', PROBE, chain.runtimePath], doors);
  const child = spawn(file, args, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'] });
  const texts = { report: '', complaint: '' };
  const collect = (stream: unknown, name: keyof typeof texts) =>
    (stream as Readable).on('data', (bytes: Buffer) => {
      if (texts[name].length < OUTPUT_BYTES_MAX) texts[name] += bytes.toString('utf8');
    });
  if (child.stderr !== null) collect(child.stderr, 'complaint');
  collect(child.stdio[4], 'report').on('error', () => {});
  const { promise, resolve, reject } = Promise.withResolvers<ProbeReport>();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  child.once('error', reject);
  child.once('close', (code, signal) => {
    try {
      resolve(reportSchema.parse(JSON.parse(texts.report)));
    } catch {
      if (late) reject(new NoAnswerError(`no answer within ${timeoutMs} ms`));
      else reject(new Error(texts.complaint.trim().slice(0, 500) || `ended with ${signal ?? code}`));
    }
  });
  return promise.finally(() => clearTimeout(timer));
};

const ownNamespace = (name: string): string => {
  try {
    return readlinkSync(`/proc/self/ns/${name}`);
  } catch {
    return '';
  }
};

const RUNTIME_ROOT = new Set<string>([...Object.values(RUNTIME_PATHS), 'lib', 'lib64', 'usr']);

/** The walls that may stand, and how each shows in the probe's report. Only what the kernel enforces is counted. */
const WALLS: Readonly<Record<string, (report: ProbeReport, own: (name: string) => boolean) => boolean>> = {
  network: (_, own) => own('net'),
  processes: ({ pids }, own) => own('pid') && pids.length <= 2,
  files: ({ root, writable }, own) => own('mnt') && !writable && root.every((name) => RUNTIME_ROOT.has(name)),
  ipc: (_, own) => own('ipc'),
  identity: ({ uids }, own) =>
    own('user') || (uids.length > 0 && uids.every((uid) => uid !== 0 && uid !== process.getuid?.())),
  privileges: ({ noNewPrivs, noCapabilities }) => noNewPrivs && noCapabilities,
  process_count: ({ processesMax }) => processesMax <= HOST_PIDS_MAX,
  core_dumps: ({ noCore }) => noCore,
  system_calls: ({ filtered }) => filtered,
};

/** Names of the kernel's walls that the report proves, and of those that it does not. */
export const standingWalls = (report: ProbeReport): { readonly walls: string[]; readonly missing: string[] } => {
  const own = (name: string): boolean => {
    const [inside, outside] = [report.namespaces[name] ?? '', ownNamespace(name)];
    return inside !== '' && outside !== '' && inside !== outside;
  };
  const names = Object.keys(WALLS);
  const walls = names.filter((name) => WALLS[name]?.(report, own));
  return { walls, missing: names.filter((name) => !walls.includes(name)) };
};
