// A plain program in an isolate host's place: what it does is told by the run's source text.
const { writeSync } = require('node:fs');
const { connect, Socket } = require('node:net');

const pipe = new Socket({ fd: 4 });
const frameOf = (text) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([header, Buffer.from(text)]);
};
const send = (frame) => pipe.write(frameOf(JSON.stringify(frame)));
const usage = { wallMs: 1, cpuMs: 1, heapBytes: 1 };
const done = (runId, value, extra = {}) =>
  send({
    kind: 'result',
    runId,
    outcome: 'completed',
    resultJson: JSON.stringify(value),
    logs: [],
    usage,
    ...extra,
  });

const logOf = (lines, text) => Array.from({ length: lines }, () => ({ level: 'info', text, atMs: 1 }));

const sockets = new Map();
process.on('message', ({ id }, socket) => sockets.get(id)?.(socket));
const answers = new Map();
/** As a host numbers its questions: none has the number of an earlier one. */
let lastQuestion = 0;
const memory = [];

const ownConnect = (port) => {
  const { promise, resolve } = Promise.withResolvers();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve('connected'));
  socket.once('error', ({ code }) => resolve(code));
  return promise;
};

/** Bytes without a newline or a length that makes sense, as fast as they are taken. */
const flood = (file) => {
  const bytes = Buffer.alloc(1 << 20, 'x');
  for (let sent = 0; sent < 2 ** 31; ) {
    try {
      sent += writeSync(file, bytes);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};

/** One question for a socket after the other; `asked` is told after each, and nothing is ever taken. */
const askForSockets = ({ runId, argsJson }, asked) => {
  const [host, port] = JSON.parse(argsJson);
  for (let id = 1; id < 1000; id += 1) {
    writeSync(4, frameOf(JSON.stringify({ kind: 'connect', id, runId, host, port, family: 0 })));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    asked(id);
  }
  for (;;);
};

const BEHAVIOURS = {
  echo: ({ runId, argsJson }) => done(runId, JSON.parse(argsJson)),
  who: ({ runId }) => done(runId, { pid: process.pid, uid: process.getuid(), env: Object.keys(process.env) }),
  silent: () => {},
  spin: () => {
    for (;;);
  },
  'half a frame': () => pipe.write(Buffer.from([0, 0])),
  'a huge length': () => pipe.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3])),
  'a length of nothing': () => pipe.write(Buffer.alloc(4)),
  garbage: () => pipe.write(Buffer.alloc(1 << 20, 0xa7)),
  'no JSON': () => pipe.write(frameOf('{"kind":')),
  'no object': () => pipe.write(frameOf('null')),
  'an unknown kind': () => send({ kind: 'launch', id: 1 }),
  'last words twice': () => {
    for (let n = 0; n < 2; n += 1) send({ kind: 'ending', why: 'an isolate broke' });
  },
  'a second ready': () => send({ kind: 'ready' }),
  'a result of no run': () => done('somebody else’s', 1),
  'an answer to no check': () => send({ kind: 'checked', id: 1, problems: [] }),
  'a question of no run': () => send({ kind: 'connect', id: 1, runId: 'x', host: 'x', port: 1, family: 0 }),
  'a result against the schema': ({ runId }) => done(runId, 1, { usage: { ...usage, wallMs: 'long' } }),
  'an outcome that is not a host’s to tell': ({ runId }) => done(runId, null, { outcome: 'overloaded' }),
  'a line that no source has': ({ runId }) =>
    done(runId, null, { outcome: 'threw', error: { name: 'Error', message: '', line: 2 ** 40 } }),
  'more connections than can be counted': ({ runId }) =>
    done(runId, null, { usage: { ...usage, connectionsOpened: 2 ** 40 } }),
  'more lines than are logged': ({ runId }) => done(runId, null, { logs: logOf(202, 'x') }),
  'three megabytes of log': ({ runId }) => done(runId, null, { logs: logOf(200, 'x '.repeat(8000)) }),
  'twelve megabytes of a result': ({ runId }) =>
    done(
      runId,
      Array.from({ length: 4e6 }, () => []),
    ),
  'a day': ({ runId }) => done(runId, 1, { usage: { ...usage, wallMs: 86_400_000, cpuMs: 86_400_000 } }),
  'a field too many': ({ runId }) => done(runId, 1, { __proto__: null, extra: true }),
  'a million values': ({ runId }) => done(runId, 1, { logs: Array.from({ length: 1e6 }, () => 0) }),
  'sixteen megabytes of objects': () => pipe.write(frameOf(`[${'{},'.repeat(5e6)}{}]`)),
  'deep nesting': ({ runId }) =>
    pipe.write(frameOf(`{"kind":"result","runId":"${runId}","logs":${'['.repeat(1e5)}${']'.repeat(1e5)}}`)),
  'a flood of questions': ({ runId }) => {
    for (let id = 1; id < 5000; id += 1)
      send({ kind: 'connect', id, runId, host: `h${id}.invalid`, port: 1, family: 0 });
  },
  'garbage on the socket channel': (run) => {
    writeSync(3, Buffer.alloc(1 << 12, 'x'));
    BEHAVIOURS['ask for a socket'](run);
  },
  'a forged message on the socket channel': (run) => {
    writeSync(3, '{"cmd":"NODE_HANDLE","type":"net.Socket","msg":1}\n');
    BEHAVIOURS['ask for a socket'](run);
  },
  'an acknowledgement of nothing': (run) => {
    writeSync(3, '{"cmd":"NODE_HANDLE_ACK"}\n');
    BEHAVIOURS['ask for a socket'](run);
  },
  'words on the socket channel': ({ runId }) => {
    writeSync(3, '{"cmd":"NODE_HANDLE","type":"net.Socket","msg":1}\n');
    done(runId, 1);
  },
  'two gigabytes of frames': () => flood(4),
  'two gigabytes on the socket channel': () => flood(3),
  'two gigabytes of complaints': ({ runId }) => {
    flood(2);
    done(runId, 1);
  },
  'ask for sockets and take none': (run) => askForSockets(run, () => {}),
  'ask for sockets and only say that they are taken': (run) =>
    askForSockets(run, (id) => id > 100 && writeSync(3, '{"cmd":"NODE_HANDLE_ACK"}\n')),
  'end the frame pipe': () => {
    pipe.end();
    setInterval(() => {}, 1000);
  },
  'echo and end the frame pipe': ({ runId, argsJson }) => {
    done(runId, JSON.parse(argsJson));
    pipe.end();
    setInterval(() => {}, 1000);
  },
  'say why and end itself': () => {
    send({ kind: 'ending', why: 'a run could not be served' });
    pipe.write('', () => process.kill(process.pid, 'SIGKILL'));
  },
  'end itself for a secret': ({ env }) => send({ kind: 'ending', why: env.SECRET }),
  'end itself': () => process.kill(process.pid, 'SIGKILL'),
  abort: () => process.abort(),
  'eat memory': () => {
    setInterval(() => memory.push(Buffer.alloc(8 << 20, memory.length)), 1);
  },
  'connect itself': async ({ runId, argsJson }) => done(runId, await ownConnect(JSON.parse(argsJson)[0])),
  'ask for a socket': ({ runId, argsJson }) => {
    const [host, port] = JSON.parse(argsJson);
    lastQuestion += 1;
    const id = lastQuestion;
    answers.set(id, (frame) => done(runId, { error: frame.error }));
    sockets.set(id, (socket) => {
      socket.once('data', (bytes) => done(runId, { greeting: bytes.toString() }));
      socket.resume();
    });
    send({ kind: 'connect', id, runId, host, port, family: 0 });
  },
  'throw secrets': ({ runId, env, argsJson }) =>
    done(runId, null, {
      outcome: 'threw',
      error: { name: 'Error', message: `no ${env.SECRET} ${argsJson}` },
      logs: [{ level: 'info', text: Buffer.from(env.SECRET).toString('base64'), atMs: 1 }],
    }),
};

let held = Buffer.alloc(0);
pipe.on('data', (bytes) => {
  held = Buffer.concat([held, bytes]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const end = 4 + held.readUInt32BE(0);
    const frame = JSON.parse(held.subarray(4, end).toString());
    held = held.subarray(end);
    if (frame.kind === 'run') BEHAVIOURS[frame.source](frame);
    else if (frame.kind === 'connect_failed') answers.get(frame.id)?.(frame);
    else if (frame.kind === 'check' && frame.source !== 'silent') send({ kind: 'checked', id: frame.id, problems: [] });
  }
});
send({ kind: 'ready' });
