// A plain program in an isolate host's place that tries to get out. What it is to try comes as JSON in its argument; what
// happened goes to descriptor 4: for each attempt an error code, or what it got.
const { spawn } = require('node:child_process');
const { createSocket } = require('node:dgram');
const { once } = require('node:events');
const fs = require('node:fs');
const { connect } = require('node:net');
const os = require('node:os');

const world = JSON.parse(process.argv[2]);

const attempt = (act) => {
  try {
    return act() ?? 'it worked';
  } catch (error) {
    return error.info?.code ?? error.code ?? error.message;
  }
};
const read = (path) => attempt(() => `it read ${fs.readFileSync(path).length} bytes`);
const write = (path) =>
  attempt(() => {
    fs.writeFileSync(path, 'x');
  });
const signal = (pid, name) =>
  attempt(() => {
    process.kill(pid, name);
  });
const dial = (target) => {
  const { promise, resolve } = Promise.withResolvers();
  const socket = attempt(() => connect(target));
  if (typeof socket === 'string') return socket;
  socket.once('connect', () => resolve('it connected'));
  socket.once('error', ({ code }) => resolve(code));
  return promise;
};
const sendDatagram = (port) => {
  const { promise, resolve } = Promise.withResolvers();
  const socket = createSocket('udp4');
  socket.once('error', ({ code }) => resolve(code));
  socket.send('x', port, '127.0.0.1', (error) => resolve(error?.code ?? 'it was sent'));
  return promise;
};
const openMany = () => {
  const held = [];
  const code = attempt(() => {
    for (;;) held.push(fs.openSync('/node', 'r'));
  });
  for (const file of held) fs.closeSync(file);
  return { code, count: held.length };
};

/** Native code's part: raw system calls, with a socket that was handed in as descriptor 3; it tells by itself. */
const callKernel = async (lines, socket) => {
  const [file, ...args] = world.perl;
  const child = spawn(file, [...args, ...lines], { stdio: ['inherit', 4, 'inherit', socket] });
  await once(child, 'exit');
};

/** As many processes as the kernel gives. */
const forkBomb = async () => {
  const [file, ...args] = world.perl;
  const children = [];
  for (let count = 0; count < world.bomb; count += 1) {
    const child = attempt(() => spawn(file, [...args, 'stay'], { stdio: 'inherit', detached: true }));
    if (typeof child === 'string') break;
    child.on('error', () => {});
    children.push(child);
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  const living = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
  for (const child of children) child.kill('SIGKILL');
  return { living };
};

const attempts = {
  environment: () => Object.keys(process.env).join(),
  'own folder': () => fs.readdirSync('/').sort().join(),
  processes: () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
  'kernel facts': () =>
    fs
      .readdirSync('/proc')
      .filter((name) => !/^\d+$/.test(name))
      .join(),
  'host name': () => os.hostname(),
  'read outside': () => world.files.map(read).join(),
  'read by way of the first process': () =>
    ['environ', 'mem', 'root/etc/passwd', 'cwd/etc/passwd'].map((name) => read(`/proc/1/${name}`)).join(),
  'read another host': () => ['environ', 'mem', 'maps'].map((name) => read(`/proc/${world.neighbour}/${name}`)).join(),
  'use descriptors of the first process': () => [0, 1, 2, 3, 4, 5].map((fd) => read(`/proc/1/fd/${fd}`)).join(),
  'write anywhere': () =>
    ['/x', '/runtime/x', '/proc/x', '/tmp/x', '/dev/shm/x', '/node', '/runtime/isolate-host.cjs', '/lib/x']
      .map(write)
      .join(),
  'protect itself from the end of memory': () => write('/proc/self/oom_score_adj').replace('it worked', 'raised'),
  'signal another host': () => signal(world.neighbour, 'SIGKILL'),
  'signal the supervisor': () => signal(world.supervisor, 'SIGKILL'),
  'signal the first process': () => signal(1, 'SIGKILL'),
  'become root': () => attempt(() => process.setuid(0)),
  'become another host': () => attempt(() => process.setuid(world.neighbourUid)),
  'take a group': () => attempt(() => process.setgroups([0])),
  'go before others': () => attempt(() => os.setPriority(0, -20)),
  'connect by tcp': () => dial({ port: world.port, host: '127.0.0.1' }),
  'connect by tcp, version 6': () => dial({ port: world.port, host: '::1' }),
  'send by udp': () => sendDatagram(world.port),
  'connect to a unix socket': () => dial(world.unixSocket),
  'connect to an abstract socket': () => dial(`\0${world.abstractSocket}`),
  'open many files': openMany,
  'fork bomb': forkBomb,
};

const run = async (socket) => {
  // What is left of the bomb would keep perl from starting.
  await callKernel(world.calls, socket);
  const outcome = {};
  for (const [name, act] of Object.entries(attempts)) outcome[name] = await act();
  fs.writeSync(4, JSON.stringify(outcome));
  process.exit();
};

if (world.outlive) {
  // Stays whatever happens: deaf to signals, in a session of its own, its end with its parent's called off.
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGPIPE']) process.on(name, () => {});
  const [file, ...args] = world.perl;
  spawn(file, [...args, ...world.calls, 'stay'], { stdio: 'inherit', detached: true });
  fs.writeSync(4, 'here');
  setInterval(() => {}, 1000);
} else process.once('message', (_, socket) => run(socket));
