import { rmdir } from 'node:fs/promises';

const FIRST_WAIT_MS = 5;
const TRIES = 10;

/** Removes a control group; what was killed in it may take a moment to be gone. Gives up quietly: a later start sweeps. */
export const removeFolder = async (folder: string): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return await rmdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** tries).unref());
    }
  }
};
