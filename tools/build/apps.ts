/** What each built folder consists of. */
export type AppPlan = {
  /** Name of a program in the folder, without `.js` → its entry under the app's `src`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Packages that stay packages, since native code cannot be bundled. */
  readonly packages: readonly string[];
  /** Does it bring the sandbox's runtime, with the native packages of isolate hosts? */
  readonly hasSandbox: boolean;
  /** Does it serve the console's page? */
  readonly hasConsole: boolean;
  /** More than this is a mistake: something came in that nobody meant to. */
  readonly bytesMax: number;
};

const MEBIBYTE = 1024 * 1024;

export const APPS = {
  'identity-gateway': {
    programs: { main: 'main.ts', 'check-health': 'check-health.ts' },
    packages: [],
    hasSandbox: false,
    hasConsole: true,
    bytesMax: 14 * MEBIBYTE,
  },
  'script-runner': {
    programs: { main: 'main.ts', 'check-health': 'check-health.ts' },
    packages: [],
    hasSandbox: true,
    hasConsole: false,
    bytesMax: 24 * MEBIBYTE,
  },
  'migration-service': {
    programs: { main: 'main.ts', 'check-health': 'check-health.ts', reseal: 'reseal.ts' },
    packages: ['bcrypt'],
    hasSandbox: false,
    hasConsole: false,
    bytesMax: 9 * MEBIBYTE,
  },
  'public-ip-service': {
    programs: { main: 'main.ts', 'check-health': 'check-health.ts' },
    packages: [],
    hasSandbox: false,
    hasConsole: false,
    bytesMax: 6 * MEBIBYTE,
  },
} as const satisfies Readonly<Record<string, AppPlan>>;

export type AppName = keyof typeof APPS;

export const isAppName = (name: string): name is AppName => Object.hasOwn(APPS, name);

/** Files that code reads at run time, by the package that reads them: they lie under `files/` in a built folder. */
export const READ_BY_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@grpc/grpc-js': ['proto'],
  '@grpc/reflection': ['build/proto'],
  'grpc-health-check': ['proto'],
};

/** Folders of our own packages, by the file of theirs that code asks for by `import.meta.resolve`: they lie beside it. */
export const READ_BESIDE: Readonly<Record<string, readonly string[]>> = {
  '@userferry/script-templates/package.json': ['mongodb', 'mysql', 'postgresql', 'sqlserver', 'web-service'],
};

/** Packages that name their own folder for what we never ask of them (log transports in threads of their own). */
export const NAME_THEIR_FOLDER_IN_VAIN: readonly string[] = ['pino', 'thread-stream'];
