/** What the compression of one run may hold in its isolate host. */
export const ZLIB_LIMITS = {
  /** Engines that are open at once. */
  engines: 1024,
  /** What all engines that have begun may need together, by estimate. */
  memoryBytes: 288 * 1024 * 1024,
  /** Input of one call. */
  inputBytes: 64 * 1024 * 1024,
  /** Input of all engines that has not been consumed yet. */
  heldInputBytes: 96 * 1024 * 1024,
  /** Output of one step; the guest asks for the next when it wants more. */
  outputBytes: 4 * 1024 * 1024,
  dictionaryBytes: 16 * 1024 * 1024,
  brotliWindowBits: 24,
  zstdWindowLog: 27,
  zstdTableLog: 24,
  zstdLevel: 19,
} as const;
