import { isCoreModule, isOffered } from './core-modules.ts';

/** Whether a test file can say anything about the sandbox. */
export type Fitness =
  | { readonly kind: 'fit' }
  | { readonly kind: 'needs a server' }
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
];

const SERVER =
  /\bcreateServer\s*\(|\.listen\s*\(|new\s+(?:\w+\.)?Server\s*\(|\bServer\(\)|common\/(?:tls|http2|proxy-server|websocket-server)['"]/;

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/(?! Flags:).*$/gm, '');

const requiredNames = (source: string): string[] =>
  [...source.matchAll(/(?:require\(|from |import\()\s*['"]([^'"]+)['"]/g)].map(([, name]) => name as string);

/** Judges a test file by its text. */
export const judgeFile = (text: string, stoodIn: ReadonlySet<string> = new Set()): Fitness => {
  const source = withoutComments(text);
  for (const [pattern, reason] of NOT_APPLICABLE) if (pattern.test(source)) return { kind: 'not applicable', reason };
  const missing = requiredNames(source).find((name) => isCoreModule(name) && !isOffered(name) && !stoodIn.has(name));
  if (missing !== undefined)
    return { kind: 'not applicable', reason: `module ${missing.replace('node:', '')}, not offered to scripts` };
  return SERVER.test(source) ? { kind: 'needs a server' } : { kind: 'fit' };
};
