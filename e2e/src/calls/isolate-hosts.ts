import { readdirSync, readFileSync } from 'node:fs';

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
const isolateHostsOf = (runnerPid: number): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1 && descendsFrom(pid, runnerPid))
    .filter((pid) => orNothing(() => commandOf(pid))?.includes('isolate-host.cjs'));

/** Kills every isolate host of a script-runner, as the kernel would when memory is out. */
export const killIsolateHosts = (runnerPid: number): number => {
  const hosts = isolateHostsOf(runnerPid);
  for (const pid of hosts) orNothing(() => process.kill(pid, 'SIGKILL'));
  return hosts.length;
};

/** Sends a signal to the isolate hosts alone, not to what stands between them and their script-runner. */
export const signalIsolateHosts = (runnerPid: number, signal: NodeJS.Signals): number => {
  const isHost = (pid: number): boolean => /(^|\/)node$/.test(orNothing(() => commandOf(pid))?.split('\0')[0] ?? '');
  const hosts = isolateHostsOf(runnerPid).filter(isHost);
  for (const pid of hosts) orNothing(() => process.kill(pid, signal));
  return hosts.length;
};
