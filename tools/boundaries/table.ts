/**
 * Who may import whom, the one place to look it up. What is not listed is not allowed; a workspace that is not listed is
 * an error, and so is a listed one that is not there.
 */
export const MAY_IMPORT: Record<string, readonly string[]> = {
  'apps/console': ['contracts', 'script-contract', 'user-model'],
  'apps/identity-gateway': [
    'contracts',
    'grpc',
    'process',
    'errors',
    'masking',
    'script-contract',
    'script-templates',
    'telemetry',
    'user-model',
  ],
  'apps/script-runner': ['contracts', 'grpc', 'process', 'errors', 'script-contract', 'telemetry', 'sandbox'],
  'apps/migration-service': [
    'contracts',
    'grpc',
    'process',
    'errors',
    'script-contract',
    'telemetry',
    'user-model',
    'user-store',
  ],
  'apps/public-ip-service': ['contracts', 'grpc', 'process', 'errors', 'telemetry'],
  'libs/contracts': [],
  'libs/errors': [],
  'libs/grpc': ['contracts', 'errors', 'process', 'telemetry'],
  'libs/local-databases': [],
  'libs/local-services': ['contracts', 'grpc', 'local-databases'],
  'libs/masking': [],
  'libs/process': [],
  'libs/sandbox': ['errors', 'masking', 'script-contract'],
  'libs/script-contract': [],
  'libs/script-templates': ['script-contract'],
  'libs/script-types': [],
  'libs/telemetry': ['errors', 'process', 'script-contract'],
  'libs/testing': ['local-databases'],
  'libs/user-model': [],
  'libs/user-store': ['errors', 'user-model'],
  e2e: [
    'contracts',
    'errors',
    'grpc',
    'local-databases',
    'local-services',
    'process',
    'sandbox',
    'script-contract',
    'script-templates',
    'telemetry',
    'testing',
    'user-model',
  ],
  tools: [
    'contracts',
    'errors',
    'grpc',
    'local-databases',
    'local-services',
    'process',
    'sandbox',
    'script-contract',
    'script-templates',
    'script-types',
    'telemetry',
    'testing',
    'user-model',
    'user-store',
  ],
};

/** What the tests of every workspace may import besides. */
export const TESTS_MAY_ALSO_IMPORT: readonly string[] = ['testing', 'local-databases', 'script-templates'];

/** Packages from npm that only some may import, their tests included; `SCOPE/*` is every package of a scope. */
export const SINGLE_IMPORTERS: Record<string, readonly string[]> = {
  '@opentelemetry/*': ['libs/telemetry'],
  'isolated-vm': ['libs/sandbox'],
  typeorm: ['libs/user-store'],
};

/** gRPC itself: whole workspaces; in the apps only where gRPC is spoken (`GRPC_PLACES`). */
export const GRPC_WORKSPACES: readonly string[] = ['libs/grpc', 'libs/contracts'];

/** Protobuf types: whole workspaces; in the apps only where gRPC is spoken (`GRPC_PLACES`). */
export const PROTOBUF_WORKSPACES: readonly string[] = [
  'apps/console',
  'libs/grpc',
  'libs/contracts',
  'libs/local-services',
  'e2e',
  'tools',
];

/** Where an app speaks gRPC: its handlers, its clients and the two files that put it together. */
export const GRPC_PLACES = /^src\/(.*\/)?(handlers|clients)\/|^src\/(main|create-[a-z-]+)\.ts$/;

/** Files that may read the environment: a config.ts, the bootstrap, which runs before anything else, and what starts it. */
export const ENVIRONMENT_READERS = /(^|\/)config\.ts$|^tools\/(bootstrap|userferry\/bin)\.mjs$/;

/** The walls inside the sandbox: no file under the first may import what the pattern matches. */
export const SANDBOX_WALLS: readonly { from: string; never: RegExp; because: string }[] = [
  { from: 'libs/sandbox/src/guest/', never: /^libs\/sandbox\/src\/host\//, because: 'the guest imports host code' },
  { from: 'libs/sandbox/src/guest/', never: /^(isolated-vm|bcrypt)$/, because: 'the guest imports a native module' },
  { from: 'libs/sandbox/src/host/', never: /^libs\/sandbox\/src\/guest\//, because: 'the host imports guest code' },
  {
    from: 'libs/sandbox/src/bridge/',
    never: /^libs\/sandbox\/src\/(host|guest)\/|^(isolated-vm|bcrypt)$/,
    because: 'the bridge imports a side of it',
  },
];

/** Tests and what only they use. */
export const TEST_FILES = /\.test\.ts$|-for-tests\.ts$|(^|\/)testing\/|vitest\.config\.ts$/;
