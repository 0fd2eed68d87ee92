/**
 * Every core module, made when first asked for. `scripts` may require those in SCRIPT_MODULES; drivers also those that
 * exist for them alone. A new module is one file beside this one and one line in each list.
 */
declare function require(path: string): never;

/** Modules as plain objects, under the names of their files. */
export const core = {
  get assert() {
    return (require('./assert.ts') as typeof import('./assert.ts')).assert;
  },
  get asyncHooks() {
    return (require('./async-hooks.ts') as typeof import('./async-hooks.ts')).asyncHooks;
  },
  get buffer() {
    return (require('./buffer.ts') as typeof import('./buffer.ts')).buffer;
  },
  get crypto() {
    return (require('./crypto.ts') as typeof import('./crypto.ts')).crypto;
  },
  get diagnosticsChannel() {
    return (require('./diagnostics-channel.ts') as typeof import('./diagnostics-channel.ts')).diagnosticsChannel;
  },
  get dns() {
    return (require('./dns.ts') as typeof import('./dns.ts')).dns;
  },
  get driverStubs() {
    return require('./driver-stubs.ts') as typeof import('./driver-stubs.ts');
  },
  get events() {
    return (require('./events.ts') as typeof import('./events.ts')).events;
  },
  get fs() {
    return (require('./fs.ts') as typeof import('./fs.ts')).fs;
  },
  get http() {
    return (require('./http.ts') as typeof import('./http.ts')).http;
  },
  get https() {
    return (require('./https.ts') as typeof import('./https.ts')).https;
  },
  get net() {
    return (require('./net.ts') as typeof import('./net.ts')).net;
  },
  get os() {
    return (require('./os.ts') as typeof import('./os.ts')).os;
  },
  get path() {
    return (require('./path.ts') as typeof import('./path.ts')).path;
  },
  get perfHooks() {
    return (require('./perf-hooks.ts') as typeof import('./perf-hooks.ts')).perfHooks;
  },
  get process() {
    return (require('./process.ts') as typeof import('./process.ts')).process;
  },
  get punycode() {
    return require('punycode/') as typeof import('punycode/');
  },
  get querystring() {
    return (require('./querystring.ts') as typeof import('./querystring.ts')).querystring;
  },
  get reuse() {
    return require('../packages/reuse/bundled.ts') as typeof import('../packages/reuse/bundled.ts');
  },
  get stream() {
    return (require('./stream.ts') as typeof import('./stream.ts')).stream;
  },
  get streamWeb() {
    return (require('./stream-web.ts') as typeof import('./stream-web.ts')).streamWeb;
  },
  get stringDecoder() {
    return (require('./string-decoder.ts') as typeof import('./string-decoder.ts')).stringDecoder;
  },
  get timers() {
    return (require('./timers.ts') as typeof import('./timers.ts')).timers;
  },
  get tls() {
    return (require('./tls.ts') as typeof import('./tls.ts')).tls;
  },
  get url() {
    return (require('./url.ts') as typeof import('./url.ts')).url;
  },
  get util() {
    return (require('./util.ts') as typeof import('./util.ts')).util;
  },
  get zlib() {
    return (require('./zlib.ts') as typeof import('./zlib.ts')).zlib;
  },
  get whatwgUrl() {
    return (require('./whatwg-url.ts') as typeof import('./whatwg-url.ts')).whatwgUrl;
  },
};

type Table = Readonly<Record<string, () => unknown>>;

/** What a script may require, by Node's name. */
export const SCRIPT_MODULES: Table = {
  assert: () => core.assert,
  'assert/strict': () => core.assert.strict,
  buffer: () => core.buffer,
  crypto: () => core.crypto,
  dns: () => core.dns,
  'dns/promises': () => core.dns.promises,
  events: () => core.events,
  http: () => core.http,
  https: () => core.https,
  net: () => core.net,
  os: () => core.os,
  path: () => core.path,
  process: () => core.process,
  punycode: () => core.punycode,
  querystring: () => core.querystring,
  stream: () => core.stream,
  'stream/promises': () => core.stream.promises,
  'stream/web': () => core.streamWeb,
  string_decoder: () => core.stringDecoder,
  timers: () => core.timers,
  'timers/promises': () => core.timers.promises,
  tls: () => core.tls,
  url: () => core.url,
  util: () => core.util,
  'util/types': () => core.util.types,
  zlib: () => core.zlib,
};

/** What only drivers look for. */
export const DRIVER_MODULES: Table = {
  '#reuse': () => core.reuse,
  async_hooks: () => core.asyncHooks,
  child_process: () => core.driverStubs.childProcess,
  constants: () => core.driverStubs.constants,
  dgram: () => core.driverStubs.dgram,
  diagnostics_channel: () => core.diagnosticsChannel,
  fs: () => core.fs,
  'fs/promises': () => core.fs.promises,
  http2: () => core.driverStubs.http2,
  perf_hooks: () => core.perfHooks,
  tty: () => core.driverStubs.tty,
};
