/** No frame in either direction is larger. */
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;

/** Of a run's result, as JSON: more than any that is taken, so that one too large is told as such. */
export const RESULT_CHARACTERS_MAX = 2 * 1024 * 1024;

/** What a run logs, in its host and on the way from it. A line is the last one when `bytes` are reached with it. */
export const LOGS = { lines: 201, bytes: 66 * 1024, lineCharacters: 16 * 1024 } as const;
