/** The user's cache folder, where the machine names one. */
export const cacheHome = (): string | undefined => process.env.XDG_CACHE_HOME || undefined;
