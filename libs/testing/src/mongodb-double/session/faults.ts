import type { Fault, FaultAction } from '../double-options.ts';

/** Faults that wait for their command. */
export type Faults = {
  add: (fault: Fault) => void;
  /** The fault that strikes this command, if any; it counts the command. */
  strike: (command: string) => FaultAction | undefined;
};

/** What drivers send of their own accord. */
const HOUSEKEEPING = new Set('hello saslstart saslcontinue authenticate endsessions killcursors logout'.split(' '));

/** One name for each command: the case varies, and `hello` was `isMaster`. */
const nameOf = (command: string): string => command.toLowerCase().replace(/^ismaster$/, 'hello');

/** Whether a driver sends the command of its own accord: to connect, to watch, to clean up. */
export const isHousekeeping = (command: string): boolean => HOUSEKEEPING.has(nameOf(command));

/** No faults yet. The first that fits strikes. */
export const createFaults = (): Faults => {
  const waiting: { fault: Fault; passes: number; strikes: number }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, passes: (fault.nth ?? 1) - 1, strikes: fault.times ?? 1 }),
    strike: (command) => {
      const fitting = waiting.filter(({ fault }) =>
        fault.command === undefined ? !isHousekeeping(command) : nameOf(fault.command) === nameOf(command),
      );
      const striking = fitting.find((entry) => entry.passes === 0);
      for (const entry of fitting) if (entry.passes > 0) entry.passes -= 1;
      if (striking === undefined) return undefined;
      striking.strikes -= 1;
      if (striking.strikes === 0) waiting.splice(waiting.indexOf(striking), 1);
      return striking.fault;
    },
  };
};
