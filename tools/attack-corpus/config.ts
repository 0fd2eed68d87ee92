/** The user's cache folder, where the machine names one. */
export const cacheHome = (): string | undefined => process.env.XDG_CACHE_HOME || undefined;

/** Puts the canary where a script that reached this process would see it. */
export function showCanary(canary: string): void {
  process.env.USERFERRY_CANARY = canary;
}
