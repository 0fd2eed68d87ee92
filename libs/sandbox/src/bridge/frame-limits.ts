/** No frame in either direction is larger. */
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;
