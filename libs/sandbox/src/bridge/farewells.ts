/** What drivers say at the end of a session that may be kept, by their names in its key: both ends of the bridge know it. */
export const FAREWELLS = {
  // A message of the kind "X".
  pg: [0x58, 0, 0, 0, 4],
  // A packet of one byte: COM_QUIT.
  mysql: [1, 0, 0, 0, 1],
} as const;

/** The name of the driver at the head of a key; empty where there is none. */
export const driverIn = (key: string): string => key.slice(0, Math.max(0, key.indexOf(' ')));
