import { isCoreModule, isOffered } from './core-modules.ts';

/** Whether a test file can say anything about the sandbox. */
export type Fitness =
  /** `needsServer`: it starts one, which the harness does for it (see `server-relay.ts`). */
  | { readonly kind: 'fit'; readonly needsServer: boolean }
  | { readonly kind: 'not applicable'; readonly reason: string };

const NOT_APPLICABLE: readonly (readonly [RegExp, string])[] = [
  [/^\/\/ Flags:.*--expose[-_]internals/m, 'internals of Node'],
  [/^\/\/ Flags:/m, 'flags of the node program'],
  [/['"](?:node:)?internal\/|process\.binding|internalBinding/, 'internals of Node'],
  [
    /common\/(?:tmpdir|child_process|gc|wpt|dns|udp|report|heap|inspector-helper|shared-lib-util)['"]/,
    'tools of the test suite that scripts cannot have',
  ],
  [/\b(?:WebAssembly|SharedArrayBuffer|Atomics)\b/, 'globals that scripts do not have'],
  [
    /\b(?:MessageChannel|MessagePort|Worker|BroadcastChannel|EventSource|WebSocket)\s*\(/,
    'globals that scripts do not have',
  ],
  [/\b(?:ReadableStream|WritableStream|TransformStream|CompressionStream|TextDecoderStream)\s*\(/, 'web streams'],
  [
    /process\.(?:execPath|stdin|abort|kill|setUncaughtExceptionCaptureCallback|umask|report|chdir)\b|common\.(?:spawnPromisified|PIPE|getTTYfd)/,
    'the program around the test',
  ],
  [/require\(['"][^'"]*lib\/native['"]\)/, 'a native driver'],
  [/common\/internet['"]/, 'the internet'],
  [/isServer:\s*true|new tls\.TLSSocket\([^)]*\{\s*isServer/, 'TLS spoken as a server'],
];

const SERVER =
  /\bcreateServer\s*\(|\.listen\s*\(|new\s+(?:\w+\.)?Server\s*\(|\bServer\(\)|common\/(?:tls|http2|proxy-server|websocket-server)['"]/;

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/(?! Flags:).*$/gm, '');

const requiredNames = (source: string): string[] =>
  [...source.matchAll(/(?:require\(|from |import\()\s*['"]([^'"]+)['"]/g)].map(([, name]) => name as string);

/** Files of Node whose subject is what a server does: here it would be our stand-in that is tested. */
const ABOUT_SERVERS = /test-(?:net|tls|https?)-(?:server|listen|set-timeout-server|incoming-message)/;

/** Judges a test file by its text and its name. */
export const judgeFile = (text: string, name = '', stoodIn: ReadonlySet<string> = new Set()): Fitness => {
  const source = withoutComments(text);
  if (ABOUT_SERVERS.test(name)) return { kind: 'not applicable', reason: 'about servers, which scripts do not have' };
  for (const [pattern, reason] of NOT_APPLICABLE) if (pattern.test(source)) return { kind: 'not applicable', reason };
  const missing = requiredNames(source).find((name) => isCoreModule(name) && !isOffered(name) && !stoodIn.has(name));
  if (missing !== undefined)
    return { kind: 'not applicable', reason: `module ${missing.replace('node:', '')}, not offered to scripts` };
  return { kind: 'fit', needsServer: SERVER.test(source) };
};
