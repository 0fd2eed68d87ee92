/** The user's cache folder, where the machine names one. */
export const cacheHome = (): string | undefined => process.env.XDG_CACHE_HOME || undefined;

/** Where the author stands: npm runs tools in the project's folder and tells where it was called. */
export const callerFolder = (): string => process.env.INIT_CWD || process.cwd();
