import type { RunResult } from '@userferry/script-contract';

/** A run as the tool prints it: names as in the contract, nothing left out but what is not there. */
export const reportOf = ({ outcome, resultJson, error, logs, usage }: RunResult): Record<string, unknown> => ({
  outcome,
  ...(resultJson === undefined ? {} : { result: JSON.parse(resultJson) as unknown }),
  ...(error === undefined ? {} : { error }),
  logs: logs.map(({ level, text, atMs }) => ({ level, text, at_ms: atMs })),
  usage: {
    ...{ wall_ms: usage.wallMs, cpu_ms: usage.cpuMs, heap_bytes: usage.heapBytes },
    connections_opened: usage.connectionsOpened,
    connections_reused: usage.connectionsReused,
  },
});
