/** What a process needs of its surroundings to run at all: nothing else of ours reaches a service. */
export const inheritedEnv = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        /^(PATH|HOME|TMPDIR|LANG|TZ|NODE_COMPILE_CACHE)$/.test(entry[0]) && entry[1] !== undefined,
    ),
  );

/** Folder of built services that are run where nobody asked for others, and not the sources: as the whole of the tests does. */
export const builtServices = (): string | undefined => process.env.BUILT_SERVICES;
