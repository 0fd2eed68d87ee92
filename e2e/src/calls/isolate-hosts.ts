import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const parentOf = (pid: number): number => {
  // The name in brackets may hold anything; what follows it is fixed.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8');

/** Processes come and go while they are looked at. */
const orNothing = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

const descendsFrom = (pid: number, ancestor: number): boolean => {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = orNothing(() => parentOf(at ?? 0)))
    if (at === ancestor) return true;
  return false;
};

/** The isolate hosts of a script-runner: its own children, never anybody else's. */
export const isolateHostsOf = (runnerPid: number): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1 && descendsFrom(pid, runnerPid))
    .filter((pid) => orNothing(() => commandOf(pid))?.includes('isolate-host.mjs'));

/** The kernel's number of the connection that comes from a port of this machine (proc_pid_net(5)). */
const socketFrom = (port: number): string | undefined => {
  const local = new RegExp(`^[0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')}$`);
  const rows = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  return rows.find(([, from = '']) => local.test(from))?.[9];
};

const holds = (pid: number, socket: string): boolean =>
  (orNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some(
    (descriptor) => orNothing(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) === `socket:[${socket}]`,
  );

const PATIENCE_MS = 2_000;

/**
 * Kills the isolate host that a connection was handed to, as the kernel would when memory is out, and no other: a run that
 * is sent again must find hosts that live. Answers how many processes it killed.
 */
export const killIsolateHostOf = async (runnerPid: number, port: number): Promise<number> => {
  const socket = socketFrom(port);
  for (const endsAt = Date.now() + PATIENCE_MS; socket !== undefined && Date.now() < endsAt; await sleep(5)) {
    const hosts = isolateHostsOf(runnerPid).filter((pid) => holds(pid, socket));
    for (const pid of hosts) orNothing(() => process.kill(pid, 'SIGKILL'));
    if (hosts.length > 0) return hosts.length;
  }
  return 0;
};

/** Sends a signal to the isolate hosts alone, not to what stands between them and their script-runner. */
export const signalIsolateHosts = (runnerPid: number, signal: NodeJS.Signals): number => {
  const isHost = (pid: number): boolean => /(^|\/)node$/.test(orNothing(() => commandOf(pid))?.split('\0')[0] ?? '');
  const hosts = isolateHostsOf(runnerPid).filter(isHost);
  for (const pid of hosts) orNothing(() => process.kill(pid, signal));
  return hosts.length;
};
