/** What a script and its runs may cost. Bytes are of UTF-8. */
export const LIMITS = {
  sourceBytesMax: 100 * 1024,
  argsBytesMax: 256 * 1024,
  resultBytesMax: 1024 * 1024,
  envBytesMax: 64 * 1024,
  egressRulesMax: 100,
  timeoutMsDefault: 10_000,
  timeoutMsMax: 30_000,
  memoryLimitBytesDefault: 128 * 1024 * 1024,
  memoryLimitBytesMin: 32 * 1024 * 1024,
  memoryLimitBytesMax: 512 * 1024 * 1024,
  logLinesMax: 200,
  logBytesMax: 64 * 1024,
} as const;
