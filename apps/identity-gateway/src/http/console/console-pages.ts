import type { Logger } from '@userferry/process';
import { consoleFolder } from './console-folder.ts';
import { type ConsolePages, readConsole } from './read-console.ts';

/** The console from the configured folder, else from where it is built; the log says when there is none. */
export const consolePages = (configured: string | undefined, log: Logger): ConsolePages | undefined => {
  const folder = configured ?? consoleFolder();
  const pages = folder === undefined ? undefined : readConsole(folder);
  if (pages === undefined) log.warn({ folder }, 'the console is not built: its page is not served');
  return pages;
};
